package fastlysim

import (
	"encoding/json"
	"net/http"

	"budgetbot/internal/fastlysim/fault"
)

// replyJSON encodes a value of this package, which cannot fail.
func replyJSON(status int, value any) fault.Response {
	body, err := json.Marshal(value)
	if err != nil {
		panic("fastlysim: encode answer: " + err.Error())
	}
	return fault.Reply(status, "application/json", body)
}

// refusal is a body as the billing endpoints write it.
type refusal struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
}

func refuse(status int, reason string) fault.Response {
	return replyJSON(status, refusal{Title: reason, Status: status})
}

func badRequest(reason string) fault.Response { return refuse(http.StatusBadRequest, reason) }

// classic is a body as the older endpoints and the front door write it.
type classic struct {
	Message string `json:"msg"`
}

// unauthorized says text/plain over a JSON body, as the front door does.
func unauthorized() fault.Response {
	a := replyJSON(http.StatusUnauthorized, classic{"Provided credentials are missing or invalid"})
	a.Header.Set("Content-Type", "text/plain")
	return a
}

func notFound() fault.Response {
	return replyJSON(http.StatusNotFound, classic{"Record not found"})
}

func methodNotAllowed() fault.Response {
	a := replyJSON(http.StatusMethodNotAllowed, classic{"Method not allowed"})
	a.Header.Set("Allow", http.MethodGet)
	return a
}
