package fastlysim

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// answer is a whole response, made before its first byte is sent.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func reply(status int, contentType string, body []byte) answer {
	return answer{
		status: status,
		header: http.Header{
			"Content-Type":  {contentType},
			"Cache-Control": {"no-store"},
			"Via":           {"1.1 varnish"},
		},
		body: body,
	}
}

// replyJSON encodes a value of this package, which cannot fail.
func replyJSON(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		panic("fastlysim: encode answer: " + err.Error())
	}
	return reply(status, "application/json", body)
}

// refusal is a body as the billing endpoints write it.
type refusal struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
}

func refuse(status int, reason string) answer {
	return replyJSON(status, refusal{Title: reason, Status: status})
}

func badRequest(reason string) answer { return refuse(http.StatusBadRequest, reason) }

// classic is a body as the older endpoints and the front door write it.
type classic struct {
	Message string `json:"msg"`
}

// unauthorized says text/plain over a JSON body, as the front door does.
func unauthorized() answer {
	a := replyJSON(http.StatusUnauthorized, classic{"Provided credentials are missing or invalid"})
	a.header.Set("Content-Type", "text/plain")
	return a
}

func notFound() answer {
	return replyJSON(http.StatusNotFound, classic{"Record not found"})
}

func methodNotAllowed() answer {
	a := replyJSON(http.StatusMethodNotAllowed, classic{"Method not allowed"})
	a.header.Set("Allow", http.MethodGet)
	return a
}

// writeHead sends status and headers, announcing length bytes of body.
func (a answer) writeHead(w http.ResponseWriter, length int) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(a.status)
}

// write sends the answer. A client that has gone away is its own business.
func (a answer) write(w http.ResponseWriter) {
	a.writeHead(w, len(a.body))
	_, _ = w.Write(a.body)
}
