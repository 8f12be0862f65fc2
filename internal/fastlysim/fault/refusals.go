package fault

import (
	"time"
)

const (
	second    = time.Second
	rateWords = "You have exceeded your hourly rate limit. Please contact support@fastly.com if you think this is a mistake."
)

// Content types, most of them wrong for what they are put on.
var (
	plainText = map[string]string{"Content-Type": "text/plain"}
	html      = map[string]string{"Content-Type": "text/html; charset=utf-8"}
	problem   = map[string]string{"Content-Type": "application/problem+json"}
	octets    = map[string]string{"Content-Type": "application/octet-stream"}
	untyped   = map[string]string{"Content-Type": ""}
)

// refusals are answers that are no 200, in every shape that Fastly's parts use.
var refusals = []Fault{
	refusal4xx("400 billing, all strings", 400, Rejected, "Invalid start_month", `{"type":"bad_request","title":"Invalid start_month","code":"bad_request","status":"400"}`, nil),
	refusal4xx("400 billing, status a number", 400, Rejected, "limit must not exceed 100", `{"title":"limit must not exceed 100","status":400}`, nil),
	refusal4xx("400 classic with detail", 400, Rejected, "unrecognized region zz", `{"msg":"Bad request","detail":"unrecognized region zz"}`, html),
	refusal4xx("400 problem json", 400, Rejected, "end_month is out of range", `{"title":"Bad Request","status":400,"detail":"end_month is out of range"}`, problem),
	refusal4xx("400 problem with nulls", 400, Rejected, "Range is too long", `{"type":"","title":"Range is too long","status":400,"errors":null,"detail":""}`, nil),
	refusal4xx("400 list of errors", 400, Rejected, "product_id is unknown", `{"errors":[{"title":"Invalid value","detail":"product_id is unknown"}]}`, untyped),
	refusal4xx("400 empty", 400, Rejected, "", ``, untyped),

	Unauthorized,
	refusal4xx("401 billing", 401, TokenRefused, "Missing or expired token", `{"type":"unauthorized","title":"Missing or expired token","code":"unauthorized","status":"401"}`, nil),
	refusal4xx("401 empty", 401, TokenRefused, "", ``, untyped),
	refusal4xx("401 that repeats the token", 401, TokenRefused, "", `{"msg":"`+TokenMark+` is no valid token"}`, nil),
	Forbidden,
	refusal4xx("403 billing", 403, NotAllowed, "Invalid token", `{"title":"Invalid token","status":403}`, problem),
	refusal4xx("403 html", 403, NotAllowed, "", `<html><body><h1>Forbidden</h1></body></html>`, html),
	refusal4xx("404 billing", 404, Rejected, "requested id:7 doesn't exist", `{"title":"requested id:7 doesn't exist","status":404}`, nil),
	refusal4xx("404 classic", 404, Rejected, "Record not found", `{"msg":"Record not found"}`, plainText),

	TooMany,
	refusal429("429 retry after a date", 30*second, RetryAfterDate, nil),
	refusal429("429 rate limit reset", 40*second, RateLimitReset, nil),
	refusal429("429 without a wait", 0, RetryAfterSeconds, nil),
	refusal429("429 with a wait in words", 0, RetryAfterSeconds, map[string]string{"Retry-After": "in a while"}),
	refusal429("429 for a day", 24*time.Hour, RetryAfterSeconds, nil),

	ServerError,
	BadGateway,
	refusal5xx("500 list of errors", 500, `{"errors":[{"title":"Internal error","detail":"try later"}]}`, nil),
	{
		Name: "503 html with a wait", Outcome: Refuses, Kind: ServerTrouble,
		Status: 503, Body: `<html><head><title>503 Backend fetch failed</title></head><body>Guru Meditation</body></html>`, Header: html, Wait: 3 * second,
	},
	refusal5xx("503 text", 503, "first byte timeout", plainText),
	refusal5xx("504 empty", 504, "", untyped),

	notUnderstood("202 not ready", 202, `{"title":"The estimate is being generated","status":202}`, nil),
	notUnderstood("204", 204, "", untyped),
	notUnderstood("304", 304, "", untyped),
	{Name: "301 to another host", Outcome: Refuses, Status: 301, Abroad: true},
	{Name: "302 to another host", Outcome: Refuses, Status: 302, Abroad: true},
	{Name: "307 to another host", Outcome: Refuses, Status: 307, Abroad: true},
	{Name: "302 without a location", Outcome: Refuses, Status: 302},
	{Name: "302 round and round", Outcome: Refuses, Status: 302, Header: map[string]string{"Location": "?"}},
}

// TokenMark stands for the token that the client sent.
const TokenMark = "{token}"

func refusal4xx(name string, status int, kind Kind, says, body string, header map[string]string) Fault {
	return Fault{Name: name, Outcome: Refuses, Kind: kind, Says: says, Status: status, Body: body, Header: header}
}

func refusal429(name string, wait time.Duration, as WaitForm, header map[string]string) Fault {
	return Fault{
		Name: name, Outcome: Refuses, Kind: RateLimited, Says: rateWords,
		Status: 429, Body: `{"msg":"` + rateWords + `"}`, Header: header, Wait: wait, WaitAs: as,
	}
}

func refusal5xx(name string, status int, body string, header map[string]string) Fault {
	return Fault{Name: name, Outcome: Refuses, Kind: ServerTrouble, Status: status, Body: body, Header: header}
}

func notUnderstood(name string, status int, body string, header map[string]string) Fault {
	return Fault{Name: name, Outcome: Refuses, Status: status, Body: body, Header: header}
}
