// killable-server PORT: what e2e/support/killed-server.ts asks, on net/http.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	http.HandleFunc("/item/", func(w http.ResponseWriter, r *http.Request) {
		item, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/item/"))
		body := strings.Repeat(fmt.Sprintf("%07d\n", item), 3000)
		if item%2 == 0 {
			w.Header().Set("content-length", strconv.Itoa(len(body)))
		}
		fmt.Fprint(w, body[:12000])
		w.(http.Flusher).Flush()
		time.Sleep(5 * time.Millisecond)
		fmt.Fprint(w, body[12000:])
	})
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
