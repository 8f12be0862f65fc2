package fault

import (
	"net/http"
	"strconv"
)

// Response is a whole response, made before its first byte is sent.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Reply is an answer with the headers that every answer has.
func Reply(status int, contentType string, body []byte) Response {
	return Response{
		Status: status,
		Header: http.Header{
			"Content-Type":  {contentType},
			"Cache-Control": {"no-store"},
			"Via":           {"1.1 varnish"},
		},
		Body: body,
	}
}

// WriteHead sends status and headers, announcing length bytes of body.
func (a Response) WriteHead(w http.ResponseWriter, length int) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(a.Status)
}

// Write sends the answer. A client that has gone away is its own business.
func (a Response) Write(w http.ResponseWriter) {
	a.WriteHead(w, len(a.Body))
	_, _ = w.Write(a.Body)
}
