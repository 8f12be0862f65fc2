package blockkit

import (
	"encoding/json"
)

// MetadataRule is the shape of message metadata.
func MetadataRule() rule {
	return object(map[string]field{"event_type": must(text(1, maxID)), "event_payload": must(anyObject)})
}

func numberOf(value any) (float64, bool) {
	n, ok := value.(json.Number)
	f, err := n.Float64()
	return f, ok && err == nil
}

// MaxView is the size of a whole view in bytes.
const MaxView = 250_000

// ViewRule is the shape of a view on a surface.
func ViewRule(on Surface) rule {
	members := map[string]field{
		"type": must(oneOf(on.Name)), "blocks": must(BlockList), "private_metadata": may(text(0, 3000)),
		"callback_id": may(text(0, maxID)), "external_id": may(text(0, maxID)),
	}
	if on == SurfaceHome {
		return object(members)
	}
	members["title"] = must(plainText(24))
	members["submit"] = may(plainText(24))
	members["close"] = may(plainText(24))
	members["clear_on_close"] = may(truth)
	members["notify_on_close"] = may(truth)
	members["submit_disabled"] = may(truth)
	return object(members, func(c *Check, at string, object map[string]any) {
		if c.inputs > 0 && object["submit"] == nil {
			c.fail(at, "missing required field: submit")
		}
	})
}

// SuggestionRule is the shape of the answer to a block_suggestion.
func SuggestionRule() rule {
	return object(map[string]field{
		"options": may(list(0, 100, plainOption())), "option_groups": may(list(1, 100, optionGroup())),
	}, exactlyOne("options", "option_groups"))
}
