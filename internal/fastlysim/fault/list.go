package fault

import (
	"slices"
)

// Faults that tests and the demo ask for by hand. They are in the list too.
var (
	// Unauthorized is the usual 401: a classic body that calls itself text.
	Unauthorized = Fault{
		Name: "401 classic as text", Outcome: Refuses, Kind: TokenRefused, Says: "Provided credentials are missing or invalid",
		Status: 401, Body: `{"msg":"Provided credentials are missing or invalid"}`, Header: plainText,
	}
	// Forbidden is a 403 for a token without the billing role.
	Forbidden = Fault{
		Name: "403 classic", Outcome: Refuses, Kind: NotAllowed, Says: "You are not authorized to perform this action",
		Status: 403, Body: `{"msg":"You are not authorized to perform this action"}`,
	}
	// TooMany is a 429 that asks for two seconds.
	TooMany = Fault{
		Name: "429 retry after seconds", Outcome: Refuses, Kind: RateLimited, Says: rateWords,
		Status: 429, Body: `{"msg":"` + rateWords + `"}`, Wait: 2 * second,
	}
	// ServerError is a 500 in the form of the billing endpoints.
	ServerError = Fault{
		Name: "500 billing", Outcome: Refuses, Kind: ServerTrouble, Says: "Internal Server Error",
		Status: 500, Body: `{"type":"internal_server_error","title":"Internal Server Error","code":"internal_server_error","status":"500"}`,
	}
	// BadGateway is a 502 in HTML from the edge.
	BadGateway = Fault{
		Name: "502 html", Outcome: Refuses, Kind: ServerTrouble,
		Status: 502, Body: `<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>`, Header: html,
	}
	// NoRows is a 200 without a row, as an account gets that has nothing here.
	NoRows = Fault{Name: "no rows in data", Outcome: HasNoData, Status: 200, Body: `{"data":[]}`}
	// Hang never answers.
	Hang = Fault{Name: "hang", Outcome: Refuses, Kind: Unreachable, Line: LineHangs}
	// Reset cuts the connection before a byte is sent.
	Reset = Fault{Name: "reset", Outcome: Refuses, Kind: Unreachable, Line: LineResets}
	// Truncated sends half of the announced body.
	Truncated = Fault{Name: "half of the announced body", Outcome: Refuses, Kind: Unreachable, Line: LineCuts}
)

// List is every named fault. They last for any number of calls, so give
// the Fail of the server no limit when ranging over them: a client that tries again
// meets the same. Those that change rows need an answer with at least two.
func List() []Fault {
	return slices.Concat(refusals, lines, envelopes, usageRows, serviceRows, pages, statements, estimates)
}

// Named is the fault of that name in the list. It panics for any other
// name, which is a mistake in the test.
func Named(name string) Fault {
	list := List()
	i := slices.IndexFunc(list, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		panic("fastlysim: no fault is named " + name)
	}
	return list[i]
}
