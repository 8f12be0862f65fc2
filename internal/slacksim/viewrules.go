package slacksim

import "encoding/json"

// metadataRule is the shape of message metadata.
func metadataRule() rule {
	return object(map[string]field{"event_type": must(text(1, maxID)), "event_payload": must(anyObject)})
}

func numberOf(value any) (float64, bool) {
	n, ok := value.(json.Number)
	f, err := n.Float64()
	return f, ok && err == nil
}

// maxView is the size of a whole view in bytes.
const maxView = 250_000

func viewRule(on surface) rule {
	members := map[string]field{
		"type": must(oneOf(on.name)), "blocks": must(blockList), "private_metadata": may(text(0, 3000)),
		"callback_id": may(text(0, maxID)), "external_id": may(text(0, maxID)),
	}
	if on == surfaceHome {
		return object(members)
	}
	members["title"] = must(plainText(24))
	members["submit"] = may(plainText(24))
	members["close"] = may(plainText(24))
	members["clear_on_close"] = may(truth)
	members["notify_on_close"] = may(truth)
	members["submit_disabled"] = may(truth)
	return object(members, func(c *check, at string, object map[string]any) {
		if c.inputs > 0 && object["submit"] == nil {
			c.fail(at, "missing required field: submit")
		}
	})
}

// suggestionRule is the shape of the answer to a block_suggestion.
func suggestionRule() rule {
	return object(map[string]field{
		"options": may(list(0, 100, plainOption())), "option_groups": may(list(1, 100, optionGroup())),
	}, exactlyOne("options", "option_groups"))
}
