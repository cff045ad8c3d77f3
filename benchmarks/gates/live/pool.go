// A server with a bounded pool of workers, as the simulator models one: requests wait in line for one of its slots, work takes a lognormal time, and
// with more than `collapse` in the house it takes (n / collapse)^4 times as long. `pool ADDRESS MEAN_MS VARIATION COLLAPSE SLOTS[,FROM_MS:SLOTS…]`.
// Times count from the first request. SIGTERM ends it and prints what it saw, as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const barMs = 100

type step struct {
	fromMs float64
	slots  int
}

type pool struct {
	mean, variation, collapse float64
	steps                     []step

	mutex        sync.Mutex
	line         []chan time.Duration
	beganAt      time.Time
	busy, house  int
	ok           []int
	overloadedMs int
	mostInHouse  int
}

func (p *pool) elapsedMs() float64 { return float64(time.Since(p.beganAt).Microseconds()) / 1000 }

func (p *pool) slots() int {
	slots, now := p.steps[0].slots, p.elapsedMs()
	for _, step := range p.steps {
		if step.fromMs <= now {
			slots = step.slots
		}
	}
	return slots
}

func (p *pool) serviceTime() time.Duration {
	variance := math.Log(1 + p.variation*p.variation)
	ms := math.Exp(math.Log(p.mean) - variance/2 + math.Sqrt(variance)*rand.NormFloat64())
	if p.collapse > 0 && float64(p.house) > p.collapse {
		ms *= math.Pow(float64(p.house)/p.collapse, 4)
	}
	return time.Duration(ms * float64(time.Millisecond))
}

func (p *pool) ServeHTTP(answer http.ResponseWriter, _ *http.Request) {
	p.mutex.Lock()
	if p.beganAt.IsZero() {
		p.beganAt = time.Now()
		go p.watch()
	}
	p.house++
	if p.house > p.mostInHouse {
		p.mostInHouse = p.house
	}
	turn := make(chan time.Duration, 1)
	p.line = append(p.line, turn)
	p.work()
	p.mutex.Unlock()
	time.Sleep(<-turn)
	p.mutex.Lock()
	p.busy--
	p.house--
	bar := int(p.elapsedMs() / barMs)
	for len(p.ok) <= bar {
		p.ok = append(p.ok, 0)
	}
	p.ok[bar]++
	p.work()
	p.mutex.Unlock()
	answer.Write([]byte("{}"))
}

// Lets in who stands first in line, as long as there are slots. A lock with waiters would let newcomers pass them.
func (p *pool) work() {
	for len(p.line) > 0 && p.busy < p.slots() {
		p.busy++
		p.line[0] <- p.serviceTime()
		p.line = p.line[1:]
	}
}

// Looks every ten milliseconds whether more stand in line than are worked on; a pool that grows wakes who waits.
func (p *pool) watch() {
	for range time.Tick(10 * time.Millisecond) {
		p.mutex.Lock()
		if p.house-p.busy > p.slots() || (p.collapse > 0 && float64(p.house) > p.collapse) {
			p.overloadedMs += 10
		}
		p.work()
		p.mutex.Unlock()
	}
}

func number(text string) float64 {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	p := &pool{mean: number(os.Args[2]), variation: number(os.Args[3]), collapse: number(os.Args[4])}
	for _, text := range strings.Split(os.Args[5], ",") {
		from, slots, isLater := strings.Cut(text, ":")
		if !isLater {
			from, slots = "0", text
		}
		p.steps = append(p.steps, step{number(from), int(number(slots))})
	}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	go func() {
		<-end
		p.mutex.Lock()
		json.NewEncoder(os.Stdout).Encode(map[string]any{
			"barMs": barMs, "ok": p.ok, "overloadedMs": p.overloadedMs, "mostInHouse": p.mostInHouse,
		})
		os.Exit(0)
	}()
	if err := http.ListenAndServe(os.Args[1], p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
