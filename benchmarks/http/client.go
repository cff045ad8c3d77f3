// go run client.go URL COUNT CONCURRENCY BYTES: net/http with a worker a connection; prints what it cost, as the others do.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func cpu() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}

func main() {
	url := os.Args[1]
	count, _ := strconv.Atoi(os.Args[2])
	concurrency, _ := strconv.Atoi(os.Args[3])
	bytes, _ := strconv.Atoi(os.Args[4])
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConns: concurrency, MaxIdleConnsPerHost: concurrency,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	run := func(count int) int64 {
		var begun, ok int64
		var all sync.WaitGroup
		for i := 0; i < concurrency; i++ {
			all.Add(1)
			go func() {
				defer all.Done()
				for atomic.AddInt64(&begun, 1) <= int64(count) {
					response, err := client.Get(url)
					if err != nil {
						continue
					}
					body, err := io.ReadAll(response.Body)
					response.Body.Close()
					if err == nil && response.StatusCode == 200 && len(body) == bytes {
						atomic.AddInt64(&ok, 1)
					}
				}
			}()
		}
		all.Wait()
		return ok
	}
	warm := count / 5
	if 3*concurrency > warm {
		warm = 3 * concurrency
	}
	run(warm)
	before, begunAt := cpu(), time.Now()
	ok := run(count)
	seconds, cpuSeconds := time.Since(begunAt).Seconds(), cpu()-before
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	fmt.Printf("{\"items\":%d,\"ok\":%d,\"seconds\":%f,\"cpuSeconds\":%f,\"peakMiB\":%f}\n", count, ok, seconds, cpuSeconds, float64(usage.Maxrss)/1024)
}
