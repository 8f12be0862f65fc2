package blockkit

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

func rawText() rule {
	return object(map[string]field{"type": must(oneOf("raw_text")), "text": must(text(1, maxTable))})
}

func rawNumber() rule {
	return object(map[string]field{"type": must(oneOf("raw_number")), "value": must(number), "text": must(text(1, 255))})
}

// cell is a rich_text value without a block's id.
func richCell(rich rule) rule {
	return func(c *Check, at string, value any) {
		rich(c, at, value)
		if object, _ := value.(map[string]any); object["block_id"] != nil {
			c.fail(at, "invalid additional property: block_id")
		}
	}
}

// filled refuses a cell that shows nothing.
func filled(cell rule) rule {
	return func(c *Check, at string, value any) {
		cell(c, at, value)
		object, _ := value.(map[string]any)
		parts, _ := object["elements"].([]any)
		if !slices.ContainsFunc(parts, hasElements) {
			c.fail(at, "must be more than 0 characters")
		}
	}
}

func hasElements(part any) bool {
	object, _ := part.(map[string]any)
	elements, _ := object["elements"].([]any)
	return len(elements) > 0
}

func tableBlock(rich rule) rule {
	cell := kinds(map[string]rule{"raw_text": rawText(), "raw_number": rawNumber(), "rich_text": filled(richCell(rich))})
	setting := object(map[string]field{"align": may(oneOf("left", "center", "right")), "is_wrapped": may(truth)})
	return shape("table", map[string]field{
		"rows": must(list(1, 100, list(1, 20, cell))), "column_settings": may(list(0, 20, setting)),
	}, func(c *Check, at string, object map[string]any) {
		c.tables++
		c.tableChars += cellChars(object["rows"])
		evenRows(c, at, object)
	})
}

func dataTableBlock(rich rule) rule {
	body := map[string]rule{"raw_text": rawText(), "raw_number": rawNumber(), "rich_text": richCell(rich)}
	body["action_cell"] = object(map[string]field{
		"type": must(oneOf("action_cell")), "element": must(kinds(pick(everyElement, "button"))),
		"fallback": may(kinds(pick(body, "raw_text", "raw_number"))),
	})
	return shape("data_table", map[string]field{
		"caption": must(text(1, maxID)), "rows": must(list(2, 201, list(1, 20, kinds(body)))),
		"page_size": may(whole(1, 100)), "row_header_column_index": may(whole(0, 19)),
	}, func(c *Check, at string, object map[string]any) {
		c.dataTables++
		c.dataTableChars += cellChars(object["rows"])
		evenRows(c, at, object)
		plainHeader(c, at, object)
	})
}

// evenRows refuses rows of different lengths.
func evenRows(c *Check, at string, object map[string]any) {
	rows, _ := object["rows"].([]any)
	width := -1
	for i, one := range rows {
		row, _ := one.([]any)
		if width >= 0 && len(row) != width {
			c.fail(fmt.Sprintf("%s/rows/%d", at, i), "must have %d cells", width)
			return
		}
		width = len(row)
	}
}

// plainHeader refuses markup and buttons in the first row of a data_table.
func plainHeader(c *Check, at string, object map[string]any) {
	rows, _ := object["rows"].([]any)
	if len(rows) == 0 {
		return
	}
	header, _ := rows[0].([]any)
	for i, one := range header {
		cell, _ := one.(map[string]any)
		if kind, _ := cell["type"].(string); kind == "rich_text" || kind == "action_cell" {
			c.fail(fmt.Sprintf("%s/rows/0/%d/type", at, i), "unsupported type: %s in the header row", kind)
		}
	}
}

// cellChars counts the characters of every text in the rows of a table.
func cellChars(value any) int {
	total := 0
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			total += cellChars(one)
		}
	case map[string]any:
		if s, ok := v["text"].(string); ok {
			total += utf8.RuneCountInString(s)
		}
		total += cellChars(v["elements"])
	}
	return total
}

func chartBlock() rule {
	label := text(1, 20)
	segment := object(map[string]field{"label": must(label), "value": must(number)})
	series := object(map[string]field{
		"name": must(label), "data": must(list(1, 20, object(map[string]field{"label": must(label), "value": must(number)}))),
	})
	axis := object(map[string]field{
		"categories": must(list(1, 20, label)), "x_label": may(text(1, 50)), "y_label": may(text(1, 50)),
	})
	charts := map[string]rule{
		"pie": object(map[string]field{"type": must(oneOf("pie")), "segments": must(list(1, 12, segment))}, positiveSegments),
	}
	for _, kind := range []string{"line", "bar", "area"} {
		charts[kind] = object(map[string]field{
			"type": must(oneOf(kind)), "series": must(list(1, 12, series)), "axis_config": must(axis),
		}, unique("name", "series"), everyCategory)
	}
	return shape("data_visualization", map[string]field{"title": must(text(1, 50)), "chart": must(kinds(charts))},
		func(c *Check, _ string, _ map[string]any) { c.charts++ })
}

func positiveSegments(c *Check, at string, object map[string]any) {
	segments, _ := object["segments"].([]any)
	for i, one := range segments {
		segment, _ := one.(map[string]any)
		if value, ok := numberOf(segment["value"]); ok && value <= 0 {
			c.fail(fmt.Sprintf("%s/segments/%d/value", at, i), "must be greater than 0")
		}
	}
}

// everyCategory demands that every series holds each category exactly once.
func everyCategory(c *Check, at string, object map[string]any) {
	axis, _ := object["axis_config"].(map[string]any)
	categories, _ := axis["categories"].([]any)
	all, _ := object["series"].([]any)
	for i, one := range all {
		series, _ := one.(map[string]any)
		points, _ := series["data"].([]any)
		times := map[any]int{}
		for _, p := range points {
			point, _ := p.(map[string]any)
			times[point["label"]]++
		}
		for _, category := range categories {
			if times[category] != 1 {
				c.fail(fmt.Sprintf("%s/series/%d/data", at, i), "must hold the category %v exactly once", category)
			}
			delete(times, category)
		}
		for label := range times {
			c.fail(fmt.Sprintf("%s/series/%d/data", at, i), "unknown category: %v", label)
		}
	}
}
