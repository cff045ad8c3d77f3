// client URL COUNT CONCURRENCY [sqlite]: bounded goroutines over net/http; with `sqlite` a goroutine of its own stores every body in groups of at most
// 500, each committed to the disk.
package main

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

type row struct {
	url    string
	status int
	body   []byte
}

func cpu() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func store(path string, rows <-chan row) {
	database, err := sql.Open("sqlite3", path+"?_journal_mode=WAL&_synchronous=FULL")
	must(err)
	defer database.Close()
	_, err = database.Exec("CREATE TABLE result (url TEXT PRIMARY KEY, status INTEGER, body BLOB)")
	must(err)
	for first := range rows {
		transaction, err := database.Begin()
		must(err)
		insert, err := transaction.Prepare("INSERT INTO result VALUES (?, ?, ?)")
		must(err)
		_, err = insert.Exec(first.url, first.status, first.body)
		must(err)
	group:
		for stored := 1; stored < 500; stored++ {
			select {
			case next, isOpen := <-rows:
				if !isOpen {
					break group
				}
				_, err = insert.Exec(next.url, next.status, next.body)
				must(err)
			default:
				break group
			}
		}
		insert.Close()
		must(transaction.Commit())
	}
}

func main() {
	url := os.Args[1]
	count, _ := strconv.Atoi(os.Args[2])
	concurrency, _ := strconv.Atoi(os.Args[3])
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: concurrency, MaxIdleConnsPerHost: concurrency}}
	before, begunAt := cpu(), time.Now()
	var rows chan row
	stored := make(chan struct{})
	if len(os.Args) > 4 {
		folder, err := os.MkdirTemp("", "sluice-bench-")
		must(err)
		defer os.RemoveAll(folder)
		rows = make(chan row, 2000)
		go func() {
			store(filepath.Join(folder, "results.db"), rows)
			close(stored)
		}()
	} else {
		close(stored)
	}
	var begun, ok int64
	var all sync.WaitGroup
	for i := 0; i < concurrency; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for {
				number := atomic.AddInt64(&begun, 1) - 1
				if number >= int64(count) {
					return
				}
				own := fmt.Sprintf("%s?n=%d", url, number)
				response, err := client.Get(own)
				if err != nil {
					continue
				}
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || response.StatusCode != 200 {
					continue
				}
				atomic.AddInt64(&ok, 1)
				if rows != nil {
					rows <- row{own, response.StatusCode, body}
				}
			}
		}()
	}
	all.Wait()
	if rows != nil {
		close(rows)
	}
	<-stored
	seconds, cpuSeconds := time.Since(begunAt).Seconds(), cpu()-before
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	fmt.Printf("{\"items\":%d,\"ok\":%d,\"seconds\":%f,\"cpuSeconds\":%f,\"peakMiB\":%f}\n", count, ok, seconds, cpuSeconds, float64(usage.Maxrss)/1024)
}
