// Go's side of the core's comparisons. peers WORK ITEMS; prints one line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	items, _ := strconv.Atoi(os.Args[2])
	switch os.Args[1] {
	case "spawn-join":
		measured(items, func() int64 { return spawnJoin(items) })
	case "map-items":
		measured(items, func() int64 { return mapItems(items) })
	case "sleeping":
		sleeping(items)
	}
}

func spawnJoin(items int) int64 {
	var ended int64
	var group sync.WaitGroup
	for i := 0; i < items; i++ {
		group.Add(1)
		go func() {
			runtime.Gosched()
			atomic.AddInt64(&ended, 1)
			group.Done()
		}()
	}
	group.Wait()
	return ended
}

// A permit is taken before the goroutine is made, as is usual.
func mapItems(items int) int64 {
	results := make([]int, items)
	permits := make(chan struct{}, 100)
	var group sync.WaitGroup
	for i := 0; i < items; i++ {
		permits <- struct{}{}
		group.Add(1)
		go func(item int) {
			runtime.Gosched()
			results[item] = item * 2
			<-permits
			group.Done()
		}(i)
	}
	group.Wait()
	var right int64
	for index, result := range results {
		if result == index*2 {
			right++
		}
	}
	return right
}

func sleeping(items int) {
	before := residentBytes()
	for i := 0; i < items; i++ {
		go time.Sleep(time.Hour + time.Duration(i)*time.Millisecond)
	}
	time.Sleep(time.Second)
	print(map[string]interface{}{"bytes": (residentBytes() - before) / int64(items)})
}

func measured(items int, work func() int64) {
	before, begunAt := cpuSeconds(), time.Now()
	ok := work()
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	print(map[string]interface{}{
		"items": items, "ok": ok, "seconds": time.Since(begunAt).Seconds(),
		"cpuSeconds": cpuSeconds() - before, "peakMiB": float64(usage.Maxrss) / 1024,
	})
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func residentBytes() int64 {
	text, _ := os.ReadFile("/proc/self/statm")
	var size, resident int64
	_, _ = fmt.Sscan(string(text), &size, &resident)
	return resident * int64(os.Getpagesize())
}

func print(figures map[string]interface{}) {
	line, _ := json.Marshal(figures)
	fmt.Println(string(line))
}
