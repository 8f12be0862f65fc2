package blockkit

// richText is the rule of a rich_text block, which table cells use as well.
func richText() rule {
	inline := kinds(richInline())
	section := object(map[string]field{"type": must(oneOf("rich_text_section")), "elements": must(list(0, 10_000, inline))})
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
			"type": must(oneOf("rich_text_quote")), "elements": must(list(0, 10_000, inline)), "border": border,
		}),
		"rich_text_preformatted": object(map[string]field{
			"type": must(oneOf("rich_text_preformatted")), "elements": must(list(0, 10_000, plain)), "border": border,
			"language": may(text(0, 64)),
		}),
	}
	return shape("rich_text", map[string]field{"elements": must(list(0, 10_000, kinds(parts)))})
}

func richInline() map[string]rule {
	style := object(map[string]field{
		"bold": may(truth), "italic": may(truth), "strike": may(truth), "code": may(truth), "underline": may(truth),
		"highlight": may(truth), "client_highlight": may(truth), "unlink": may(truth),
	})
	inline := func(kind string, members map[string]field) rule {
		members["type"] = must(oneOf(kind))
		members["style"] = may(style)
		return object(members)
	}
	id := must(text(1, maxID))
	return map[string]rule{
		"text": inline("text", map[string]field{"text": must(text(1, MaxText))}),
		"link": inline("link", map[string]field{
			"url": must(link), "text": may(text(0, MaxText)), "unsafe": may(truth),
		}),
		"user":      inline("user", map[string]field{"user_id": id}),
		"usergroup": inline("usergroup", map[string]field{"usergroup_id": id}),
		"channel":   inline("channel", map[string]field{"channel_id": id}),
		"team":      inline("team", map[string]field{"team_id": id}),
		"broadcast": inline("broadcast", map[string]field{"range": must(oneOf("here", "channel", "everyone"))}),
		"color":     inline("color", map[string]field{"value": must(text(1, 16))}),
		"emoji": inline("emoji", map[string]field{
			"name": must(text(1, 100)), "unicode": may(text(1, 64)), "url": may(link), "skin_tone": may(whole(1, 6)),
		}),
		"date": inline("date", map[string]field{
			"timestamp": must(whole(0, 1<<40)), "format": must(text(1, 255)), "url": may(link), "fallback": may(text(1, 255)),
		}),
	}
}

// MaxText is the largest text of a message in characters.
const MaxText = 40_000
