package fault

import (
	"time"
)

// hugeBody is more than any client should be willing to keep.
const hugeBody = 256 << 20

// lines are true answers over a bad line, or oddly packed.
var lines = []Fault{
	Hang,
	Reset,
	Truncated,
	{Name: "half of the body, then silence", Outcome: Refuses, Kind: Unreachable, Line: LineStalls},
	{Name: "a byte at a time", Outcome: Refuses, Kind: Unreachable, Trickle: 50 * time.Millisecond},
	{Name: "256 MiB", Outcome: Refuses, Pad: hugeBody},
	{Name: "256 MiB, compressed", Outcome: Refuses, Pad: hugeBody, Gzip: true},
	{Name: "compressed", Outcome: Reads, Gzip: true},
	{Name: "called compressed, but is not", Outcome: Refuses, Header: map[string]string{"Content-Encoding": "gzip"}},
	{Name: "called text", Outcome: Reads, Header: plainText},
	{Name: "called html", Outcome: Reads, Header: html},
	{Name: "called bytes", Outcome: Reads, Header: octets},
	{Name: "called json with a charset", Outcome: Reads, Header: map[string]string{"Content-Type": "application/json; charset=utf-8"}},
	{Name: "a little white space in front", Outcome: Reads, Pad: 4096},
}
