package fault

import (
	"bytes"
	"encoding/json"
	"strings"
)

// envelopes are answers of 200 whose body is not what it should be as a whole.
var envelopes = []Fault{
	NoRows,
	{Name: "no rows in a bare list", Outcome: HasNoData, Status: 200, Body: `[]`},
	notUnderstood("html", 200, `<!DOCTYPE html><html><body>Please sign in</body></html>`, html),
	notUnderstood("html called json", 200, `<html><body>Maintenance</body></html>`, nil),
	notUnderstood("nothing", 200, ``, nil),
	notUnderstood("white space", 200, "  \n", nil),
	notUnderstood("null", 200, `null`, nil),
	notUnderstood("empty object", 200, `{}`, nil),
	notUnderstood("a text", 200, `"ok"`, nil),
	notUnderstood("a number", 200, `42`, nil),
	notUnderstood("true", 200, `true`, nil),
	{Name: "data is null", Outcome: HasNoData, Status: 200, Body: `{"data":null}`},
	notUnderstood("data is an empty object", 200, `{"data":{}}`, nil),
	notUnderstood("data is a text", 200, `{"data":"see attachment"}`, nil),
	notUnderstood("data is a number", 200, `{"data":0}`, nil),
	notUnderstood("data holds null", 200, `{"data":[null]}`, nil),
	notUnderstood("data holds a number", 200, `{"data":[42]}`, nil),
	notUnderstood("data holds an empty object", 200, `{"data":[{}]}`, nil),
	notUnderstood("data holds lists", 200, `{"data":[[]]}`, nil),
	notUnderstood("another key", 200, `{"usage":[]}`, nil),
	notUnderstood("an error as 200", 200, `{"msg":"Record not found"}`, nil),
	notUnderstood("nested too deep", 200, strings.Repeat("[", 100_000), nil),
	{Name: "half of the body, well delivered", Outcome: Refuses, Rewrite: func(body []byte, _ int) []byte { return body[:len(body)/2] }},
	{Name: "the body and more", Outcome: Refuses, Rewrite: func(body []byte, _ int) []byte { return append(body, "}garbage"...) }},
	{Name: "the body twice", Outcome: Refuses, Rewrite: func(body []byte, _ int) []byte { return bytes.Repeat(body, 2) }},
	{Name: "a byte order mark in front", Outcome: ReadsOrRefuses, Rewrite: func(body []byte, _ int) []byte { return append([]byte("\ufeff"), body...) }},
	{Name: "indented", Outcome: Reads, Rewrite: indented},
	{Name: "a figure of NaN", Outcome: Refuses, Rewrite: nan},
}

func indented(body []byte, _ int) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, body, "", "  "); err != nil {
		panic("fastlysim: indent own answer: " + err.Error())
	}
	return out.Bytes()
}

// nan writes what some encoders do and JSON does not allow.
func nan(body []byte, turn int) []byte {
	const mark = "a figure that is none"
	marked := figureField(mark)(body, turn)
	return bytes.Replace(marked, []byte(`"`+mark+`"`), []byte("NaN"), 1)
}
