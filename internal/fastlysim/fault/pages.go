package fault

import (
	"bytes"
	"fmt"
)

// pages are answers of service-usage-metrics that do not end as they should.
var pages = []Fault{
	{
		Name: "the same cursor again and again", Path: ServicePath, Outcome: Refuses, AnyCursor: true,
		Rewrite: metaField("next_cursor", func(int) any { return "++++////c2FtZQ==" }),
	},
	{
		Name: "pages without end", Path: ServicePath, Outcome: Refuses, AnyCursor: true,
		Rewrite: metaField("next_cursor", func(turn int) any { return fmt.Sprintf("++++////%08d", turn) }),
	},
	{
		Name: "a cursor as a number", Path: ServicePath, Outcome: Refuses, AnyCursor: true,
		Rewrite: metaField("next_cursor", func(int) any { return 42 }),
	},
	{
		Name: "a total that is not true", Path: ServicePath, Outcome: ReadsOrRefuses,
		Rewrite: metaField("total", func(int) any { return 100_000 }),
	},
	{Name: "an end of null", Path: ServicePath, Outcome: Reads, Rewrite: endsWith(`"next_cursor":null`)},
	{Name: "an end without a cursor", Path: ServicePath, Outcome: Reads, Rewrite: endsWith(`"done":true`)},
}

// endsWith writes the end of the pages in another way.
func endsWith(end string) rewrite {
	return func(body []byte, _ int) []byte {
		return bytes.ReplaceAll(body, []byte(`"next_cursor":""`), []byte(end))
	}
}
