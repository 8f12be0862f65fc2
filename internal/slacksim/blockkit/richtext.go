package blockkit

import (
	"regexp"
)

// richText is the rule of a rich_text block, which table cells use as well.
func richText() rule {
	inline := kinds(richInline())
	some := must(list(0, 10_000, inline))
	section := object(map[string]field{"type": must(oneOf("rich_text_section")), "elements": some})
	border := may(whole(0, 1))
	plain := kinds(pick(richInline(), "text", "link"))
	parts := map[string]rule{
		"rich_text_section": section,
		"rich_text_list": object(map[string]field{
			"type": must(oneOf("rich_text_list")), "style": must(oneOf("bullet", "ordered")), "indent": may(whole(0, 8)),
			"offset": may(whole(0, 10_000)), "border": border,
			"elements": must(list(1, 10_000, kinds(map[string]rule{"rich_text_section": section}))),
		}),
		"rich_text_quote": object(map[string]field{
			"type": must(oneOf("rich_text_quote")), "elements": some, "border": border,
		}),
		"rich_text_preformatted": object(map[string]field{
			"type": must(oneOf("rich_text_preformatted")), "elements": must(list(0, 10_000, plain)), "border": border,
			"language": may(text(0, 64)),
		}),
	}
	return shape("rich_text", map[string]field{"elements": must(list(0, 10_000, kinds(parts)))})
}

// styleOf is the rule of a style of the given switches.
func styleOf(switches ...string) rule {
	members := map[string]field{}
	for _, name := range switches {
		members[name] = may(truth)
	}
	return object(members)
}

func richInline() map[string]rule {
	words := styleOf("bold", "italic", "strike", "underline", "code")
	mention := styleOf("bold", "italic", "strike", "underline", "highlight", "client_highlight", "unlink")
	inline := func(kind string, style rule, members map[string]field) rule {
		members["type"] = must(oneOf(kind))
		members["style"] = may(style)
		return object(members)
	}
	return map[string]rule{
		"text": inline("text", words, map[string]field{"text": must(text(1, MaxText))}),
		"link": inline("link", words, map[string]field{
			"url": must(link), "text": may(text(0, MaxText)), "unsafe": may(truth),
		}),
		"user":      inline("user", mention, map[string]field{"user_id": must(idOf("UW"))}),
		"usergroup": inline("usergroup", mention, map[string]field{"usergroup_id": must(idOf("S"))}),
		"channel":   inline("channel", mention, map[string]field{"channel_id": must(idOf("CDG"))}),
		"team":      inline("team", mention, map[string]field{"team_id": must(idOf("TE"))}),
		"broadcast": inline("broadcast", mention, map[string]field{"range": must(oneOf("here", "channel", "everyone"))}),
		"color":     inline("color", mention, map[string]field{"value": must(text(1, 16))}),
		"emoji": inline("emoji", mention, map[string]field{
			"name": must(text(1, 100)), "unicode": may(text(1, 64)), "url": may(link), "skin_tone": may(whole(1, 6)),
		}),
		"date": inline("date", mention, map[string]field{
			"timestamp": must(whole(0, 1<<40)), "format": must(text(1, 255)), "url": may(link), "fallback": may(text(1, 255)),
		}),
	}
}

// idOf accepts one of Slack's ids that begins with one of the letters.
func idOf(letters string) rule {
	form := regexp.MustCompile("^[" + letters + "][A-Z0-9]+$")
	return func(c *Check, at string, value any) {
		text(1, maxID)(c, at, value)
		if s, ok := value.(string); ok && s != "" && !form.MatchString(s) {
			c.fail(at, "must be a valid id")
		}
	}
}

// MaxText is the largest text of a message in characters.
const MaxText = 40_000
