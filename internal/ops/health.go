package ops

import (
	"encoding/json"
	"net/http"
)

// Report is what /readyz answers.
type Report struct {
	Ready    bool     `json:"ready"`
	Reasons  []string `json:"reasons"`  // why the service is not ready
	Warnings []string `json:"warnings"` // what a person should see to, while the service goes on
}

// Reporter is a consumer contract of the readiness page. It models a part of the service that can be unwell, which adds its reasons and
// warnings; it must be quick, and safe to call from several goroutines at once.
type Reporter func(*Report)

// readyHandler answers 200 with warnings, or 503 with the reasons.
func readyHandler(reporters []Reporter) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		answer := Report{Reasons: []string{}, Warnings: []string{}}
		for _, report := range reporters {
			report(&answer)
		}
		answer.Ready = len(answer.Reasons) == 0
		w.Header().Set("Content-Type", "application/json")
		if !answer.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(answer) // the reader has gone away, so the error has no reader either
	}
}

// liveHandler answers that the process serves requests, which is all that a restart could mend.
func liveHandler(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}
