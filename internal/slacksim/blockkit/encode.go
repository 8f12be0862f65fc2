package blockkit

import (
	"bytes"
	"encoding/json"
)

// Encode writes JSON without escaping <, > and &, which Slack's markup uses.
func Encode(value any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic("slacksim: encode a value of its own: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
