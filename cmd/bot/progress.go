package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// progressAfter is how long a command runs before it reports progress.
const progressAfter = time.Second

// showProgress runs work, and where it takes longer than a second and w is a terminal says there what is being waited for,
// and for how long.
func showProgress[T any](w io.Writer, what string, work func() (T, error)) (T, error) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return work()
	}
	done := make(chan struct{})
	var shown sync.WaitGroup
	shown.Go(func() { writeProgress(w, what, done) })
	defer shown.Wait()
	defer close(done)
	return work()
}

func writeProgress(w io.Writer, what string, done <-chan struct{}) {
	ticker := time.NewTicker(progressAfter)
	defer ticker.Stop()
	for started, shown := time.Now(), false; ; shown = true {
		select {
		case <-ticker.C:
			fmt.Fprintf(w, "\r%s … %s ", what, time.Since(started).Round(time.Second))
		case <-done:
			if shown {
				fmt.Fprint(w, "\r\x1b[K")
			}
			return
		}
	}
}
