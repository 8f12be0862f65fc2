package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

// TestMain makes the test binary the program too, as the command "budgetbot" in PATH: the scripts run it, and so do the tests that
// kill it.
func TestMain(m *testing.M) {
	testscript.Main(leakless{m}, map[string]func(){"budgetbot": main})
}

// leakless runs the tests, and fails them where a goroutine outlives them.
type leakless struct{ *testing.M }

func (l leakless) Run() int {
	if err := flag.Set("test.parallel", "8"); err != nil { // they mostly wait; -parallel still overrules it
		panic(err)
	}
	code := l.M.Run()
	if code != 0 {
		return code
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintf(os.Stderr, "goroutines outlive the tests: %v\n", err)
		return 1
	}
	return 0
}
