package blockkit

import (
	"unicode/utf8"
)

// Surface is where blocks are shown.
type Surface struct {
	Name      string
	MaxBlocks int
	// Sized means that the whole payload has a size limit as well.
	Sized bool
}

// Where Slack shows blocks.
var (
	SurfaceMessage  = Surface{Name: "message", MaxBlocks: 50, Sized: true}
	SurfaceResponse = Surface{Name: "message", MaxBlocks: 50}
	SurfaceModal    = Surface{Name: "modal", MaxBlocks: 100}
	SurfaceHome     = Surface{Name: "home", MaxBlocks: 100}
)

const (
	maxID       = 255
	maxURL      = 3000
	maxMarkdown = 12_000
	maxTable    = 10_000
	maxData     = 20_000
	// MaxBlocksText is not documented either: Slack refused a message with one character more in April 2026.
	MaxBlocksText = 11_340
	// MaxBlocksJSON is not documented: Slack refused about as many characters of JSON in 2025.
	MaxBlocksJSON = 13_200
)

// BlockList checks a whole list of blocks.
func BlockList(c *Check, at string, value any) {
	list(1, c.On.MaxBlocks, block)(c, at, value)
	for _, limit := range []struct {
		is, most int
		what     string
	}{
		{c.tables, 1, "table blocks"},
		{c.charts, 2, "data_visualization blocks"},
		{c.markdownChars, maxMarkdown, "characters in markdown blocks"},
		{c.tableChars, maxTable, "characters in table blocks"},
		{c.dataTableChars, maxData, "characters in data_table blocks"},
	} {
		if limit.is > limit.most {
			c.fail(at, "no more than %d %s allowed", limit.most, limit.what)
		}
	}
}

var everyBlock = allBlocks()

func block(c *Check, at string, value any) {
	kinds(everyBlock)(c, at, value)
	object, _ := value.(map[string]any)
	if id, ok := object["block_id"].(string); ok && id != "" {
		if c.BlockIDs[id] {
			c.fail(at+"/block_id", "`block_id` %q already exists", id)
		}
		c.BlockIDs[id] = true
	}
	c.allowHere(at, object)
}

// allowHere refuses blocks on surfaces that do not show them.
func (c *Check) allowHere(at string, object map[string]any) {
	kind, _ := object["type"].(string)
	messageOnly := kind == "markdown" || kind == "data_table" || kind == "data_visualization"
	wrong := (messageOnly && c.On.Name != "message") || (kind == "table" && c.On.Name == "modal") ||
		(kind == "alert" && c.On.Name != "modal")
	if wrong {
		c.fail(at+"/type", "unsupported type: %s in a %s", kind, c.On.Name)
	}
}

// shape is the rule of a block of one type.
func shape(kind string, members map[string]field, further ...func(*Check, string, map[string]any)) rule {
	members["type"] = must(oneOf(kind))
	members["block_id"] = may(text(1, maxID))
	return object(members, further...)
}

// allBlocks lists the blocks by type. Blocks for agents, calls and remote files are unknown here on purpose.
func allBlocks() map[string]rule {
	rich := richText()
	blocks := map[string]rule{
		"section": shape("section", map[string]field{
			"text": may(textObject(3000)), "fields": may(list(1, 10, textObject(2000))),
			"accessory": may(kinds(pick(everyElement, append(choices, "button", "image", "overflow")...))), "expand": may(truth),
		}, textOrFields),
		"header":  shape("header", map[string]field{"text": must(plainText(150)), "level": may(whole(1, 4))}),
		"divider": shape("divider", map[string]field{}),
		"context": shape("context", map[string]field{"elements": must(list(1, 10, contextElement))}),
		"actions": shape("actions", map[string]field{
			"elements": must(list(1, 25, kinds(pick(everyElement, append(choices, "button", "overflow", "rich_text_input")...)))),
		}, unique("action_id", "elements")),
		"image": shape("image", map[string]field{
			"image_url": may(link), "slack_file": may(slackFile), "alt_text": must(text(1, 2000)), "title": may(plainText(2000)),
		}, exactlyOne("image_url", "slack_file")),
		"input": shape("input", map[string]field{
			"label": must(plainText(2000)), "hint": may(plainText(2000)), "optional": may(truth), "dispatch_action": may(truth),
			"element": must(kinds(pick(everyElement, append(choices, typed...)...))),
		}, func(c *Check, _ string, _ map[string]any) { c.inputs++ }),
		"markdown": shape("markdown", map[string]field{"text": must(text(1, maxMarkdown))}, countMarkdown),
		"alert": shape("alert", map[string]field{
			"text": must(textObject(200)), "level": may(oneOf("default", "info", "warning", "error", "success")),
		}),
		"rich_text": rich, "table": tableBlock(rich), "data_table": dataTableBlock(rich), "data_visualization": chartBlock(),
	}
	card := cardBlock()
	blocks["card"] = card
	blocks["carousel"] = shape("carousel", map[string]field{"elements": must(list(1, 10, kinds(map[string]rule{"card": card})))})
	blocks["container"] = containerBlock(blocks, rich)
	return blocks
}

func cardBlock() rule {
	mrkdwn := func(most int) field { return may(mrkdwnText(most)) }
	return shape("card", map[string]field{
		"title": mrkdwn(150), "subtitle": mrkdwn(150), "body": mrkdwn(200), "subtext": mrkdwn(200),
		"hero_image": may(kinds(pick(everyElement, "image"))), "icon": may(kinds(pick(everyElement, "image"))),
		"actions": may(list(1, 3, kinds(pick(everyElement, "button")))),
	})
}

func containerBlock(blocks map[string]rule, rich rule) rule {
	children := pick(blocks, "actions", "context", "divider", "header", "image", "input", "rich_text", "section", "table")
	return shape("container", map[string]field{
		"title": may(plainText(150)), "rich_text_title": may(rich), "subtitle": may(textObject(150)),
		"child_blocks": must(list(1, 10, kinds(children))), "width": may(oneOf("narrow", "standard", "wide", "full")),
		"icon": may(kinds(pick(everyElement, "image"))), "is_collapsible": may(truth), "default_collapsed": may(truth),
		"has_header_divider": may(truth),
	}, func(c *Check, at string, object map[string]any) {
		if object["title"] == nil && object["rich_text_title"] == nil {
			c.fail(at, "missing required field: title")
		}
	})
}

func textOrFields(c *Check, at string, object map[string]any) {
	if object["text"] == nil && object["fields"] == nil {
		c.fail(at, "missing required field: text or fields")
	}
}

func countMarkdown(c *Check, _ string, object map[string]any) {
	s, _ := object["text"].(string)
	c.markdownChars += utf8.RuneCountInString(s)
}

// contextElement is a text object or an image.
func contextElement(c *Check, at string, value any) {
	object, _ := value.(map[string]any)
	if object["type"] == "image" {
		everyElement["image"](c, at, value)
		return
	}
	textObject(3000)(c, at, value)
}

// SizeOf is the size of blocks in characters of JSON and of text, as far as the limits on the whole payload count them: tables and
// charts have limits of their own, and so has the text of markdown.
func SizeOf(value any) (size, text int) {
	blocks, _ := value.([]any)
	size = 2
	for _, one := range blocks {
		object, _ := one.(map[string]any)
		switch object["type"] {
		case "table", "data_table", "data_visualization":
			continue
		case "markdown":
		default:
			text += textIn(one)
		}
		size += utf8.RuneCount(Encode(one)) + 1
	}
	return size, text
}

// textIn counts the characters of every text in a block.
func textIn(value any) (total int) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			total += textIn(one)
		}
	case map[string]any:
		for key, one := range v {
			if text, is := one.(string); is && key == "text" {
				total += utf8.RuneCountInString(text)
			}
			total += textIn(one)
		}
	}
	return total
}
