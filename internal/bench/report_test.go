package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestQuantileIsAValueThatWasMeasured(t *testing.T) {
	values := []int{9, 1, 8, 2, 7, 3, 6, 4, 5, 10}
	for _, tt := range []struct {
		name string
		q    float64
		want int
	}{{"the least", 0, 1}, {"the median", 0.5, 6}, {"nine in ten", 0.9, 10}, {"the largest", 1, 10}} {
		t.Run(tt.name, func(t *testing.T) {
			if got := quantile(values, tt.q); got != tt.want {
				t.Errorf("quantile %v is %d, want %d", tt.q, got, tt.want)
			}
		})
	}
}

func TestBenchmarkOutputIsReadByShape(t *testing.T) {
	const output = `goos: linux
BenchmarkEvaluate/names         	      25	  49654077 ns/op
BenchmarkEvaluate/names-2       	      24	  51000000.5 ns/op
BenchmarkEvaluate/globs         	      21	  49562758 ns/op
PASS
`
	want := []shape{
		{"names", []time.Duration{49654077, 51000000}},
		{"globs", []time.Duration{49562758}},
	}
	if diff := cmp.Diff(want, shapesIn(output), cmp.AllowUnexported(shape{})); diff != "" {
		t.Errorf("shapes (-want +got):\n%s", diff)
	}
}

func TestReportSaysWhichTargetsAreMissed(t *testing.T) {
	var r report
	r.begin()
	r.judge("a", "≤ 1", "2", false)
	r.judge("b", "≤ 1", "0.5", true)
	r.say("c", "3 s")
	var out bytes.Buffer
	r.print(&out)
	for _, line := range []string{"| a | ≤ 1 | 2 | missed |", "| b | ≤ 1 | 0.5 | reached |", "| c |  | 3 s |  |"} {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("%q is not in\n%s", line, out.String())
		}
	}
}
