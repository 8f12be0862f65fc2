package blockkit

import (
	"iter"
)

var (
	// choices are the elements in which a person chooses something.
	choices = []string{
		"static_select", "external_select", "users_select", "conversations_select", "channels_select", "multi_static_select",
		"multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select", "checkboxes",
		"radio_buttons", "datepicker", "timepicker", "datetimepicker",
	}
	// typed are the elements in which a person writes something.
	typed = []string{"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"}

	everyElement = allElements()
)

func plainText(most int) rule {
	return object(map[string]field{"type": must(oneOf("plain_text")), "text": must(text(1, most)), "emoji": may(truth)})
}

func mrkdwnText(most int) rule {
	return object(map[string]field{"type": must(oneOf("mrkdwn")), "text": must(text(1, most)), "verbatim": may(truth)})
}

func textObject(most int) rule {
	return kinds(map[string]rule{"plain_text": plainText(most), "mrkdwn": mrkdwnText(most)})
}

func confirm() rule {
	return object(map[string]field{
		"title": may(plainText(100)), "text": must(textObject(300)), "confirm": may(plainText(30)),
		"deny": may(plainText(30)), "style": may(oneOf("primary", "danger")),
	})
}

// option is a choice whose words follow the given rule: only boxes and radio buttons allow markup, only overflow an address.
func option(words rule) map[string]field {
	return map[string]field{"text": must(words), "value": must(text(1, 150)), "description": may(words)}
}

func plainOption() rule  { return object(option(plainText(75))) }
func markedOption() rule { return object(option(textObject(75))) }

func linkedOption() rule {
	members := option(plainText(75))
	members["url"] = may(link)
	return object(members)
}

func optionGroup() rule {
	return object(map[string]field{"label": must(plainText(75)), "options": must(list(1, 100, plainOption()))})
}

// element is the rule of an interactive element: its own members and those that every one of them has.
func element(kind string, members map[string]field, further ...func(*Check, string, map[string]any)) rule {
	members["type"] = must(oneOf(kind))
	members["action_id"] = may(text(1, maxID))
	if kind != "button" {
		members["focus_on_load"] = may(truth)
	}
	return object(members, further...)
}

// selectElement is an element with a placeholder and a confirmation; a multi one has a greatest number of choices.
func selectElement(kind string, members map[string]field, further ...func(*Check, string, map[string]any)) rule {
	members["placeholder"] = may(plainText(150))
	members["confirm"] = may(confirm())
	if len(kind) > 6 && kind[:6] == "multi_" {
		members["max_selected_items"] = may(whole(1, 1000))
	}
	return element(kind, members, further...)
}

func allElements() map[string]rule {
	all := map[string]rule{
		"button": element("button", map[string]field{
			"text": must(plainText(75)), "value": may(text(0, 2000)), "url": may(link), "confirm": may(confirm()),
			"style": may(oneOf("primary", "danger")), "accessibility_label": may(text(1, 75)),
		}),
		"image": object(map[string]field{
			"type": must(oneOf("image")), "image_url": may(link), "slack_file": may(slackFile), "alt_text": must(text(1, 2000)),
		}, exactlyOne("image_url", "slack_file")),
		"overflow": element("overflow", map[string]field{"options": must(list(1, 5, linkedOption())), "confirm": may(confirm())}),
		"radio_buttons": element("radio_buttons", map[string]field{
			"options": must(list(1, 10, markedOption())), "initial_option": may(markedOption()), "confirm": may(confirm()),
		}),
		"checkboxes": element("checkboxes", map[string]field{
			"options": must(list(1, 10, markedOption())), "initial_options": may(list(1, 10, markedOption())), "confirm": may(confirm()),
		}),
		"datepicker":     selectElement("datepicker", map[string]field{"initial_date": may(text(10, 10))}),
		"timepicker":     selectElement("timepicker", map[string]field{"initial_time": may(text(5, 5)), "timezone": may(text(1, 64))}),
		"datetimepicker": element("datetimepicker", map[string]field{"initial_date_time": may(whole(0, 1<<40)), "confirm": may(confirm())}),
		"file_input": element("file_input", map[string]field{
			"filetypes": may(list(1, 100, text(1, 20))), "max_files": may(whole(1, 10)),
		}),
	}
	addSelects(all)
	addInputs(all)
	return all
}

func addSelects(all map[string]rule) {
	filter := object(map[string]field{
		"include":                          may(list(1, 4, oneOf("im", "mpim", "private", "public"))),
		"exclude_external_shared_channels": may(truth), "exclude_bot_users": may(truth),
	})
	id := text(1, maxID)
	ids := list(1, 1000, id)
	for prefix, initial := range map[string]struct {
		suffix string
		plain  rule
		option rule
	}{"": {"", id, plainOption()}, "multi_": {"s", ids, list(1, 100, plainOption())}} {
		named := func(name string) string { return "initial_" + name + initial.suffix }
		add := func(kind string, members map[string]field, further ...func(*Check, string, map[string]any)) {
			all[prefix+kind] = selectElement(prefix+kind, members, further...)
		}
		add("static_select", map[string]field{
			"options": may(list(1, 100, plainOption())), "option_groups": may(list(1, 100, optionGroup())), named("option"): may(initial.option),
		}, exactlyOne("options", "option_groups"))
		add("external_select", map[string]field{named("option"): may(initial.option), "min_query_length": may(whole(0, 100))})
		add("users_select", map[string]field{named("user"): may(initial.plain)})
		add("channels_select", map[string]field{named("channel"): may(initial.plain), "response_url_enabled": may(truth)})
		add("conversations_select", map[string]field{
			named("conversation"): may(initial.plain), "default_to_current_conversation": may(truth), "filter": may(filter),
			"response_url_enabled": may(truth),
		})
	}
}

func addInputs(all map[string]rule) {
	dispatch := object(map[string]field{
		"trigger_actions_on": must(list(1, 2, oneOf("on_enter_pressed", "on_character_entered"))),
	})
	input := func(kind string, members map[string]field) {
		members["placeholder"] = may(plainText(150))
		members["dispatch_action_config"] = may(dispatch)
		all[kind] = element(kind, members)
	}
	input("plain_text_input", map[string]field{
		"initial_value": may(text(0, 3000)), "multiline": may(truth), "min_length": may(whole(0, 3000)), "max_length": may(whole(1, 3000)),
	})
	input("email_text_input", map[string]field{"initial_value": may(text(0, 3000))})
	input("url_text_input", map[string]field{"initial_value": may(text(0, 3000))})
	input("number_input", map[string]field{
		"is_decimal_allowed": must(truth), "initial_value": may(text(0, 50)), "min_value": may(text(0, 50)), "max_value": may(text(0, 50)),
	})
	input("rich_text_input", map[string]field{
		"initial_value": may(richText()), "min_lines": may(whole(1, 100)), "max_lines": may(whole(1, 100)),
	})
}

// slackFile refuses an uploaded file that Slack has not finished with, as it does for a short time.
func slackFile(c *Check, at string, value any) {
	object(map[string]field{"id": may(text(1, maxID)), "url": may(link)}, exactlyOne("id", "url"))(c, at, value)
	file, _ := value.(map[string]any)
	for _, key := range []string{"id", "url"} {
		if name, ok := file[key].(string); ok && !c.FileReady(name) {
			c.fail(at, "invalid slack file")
		}
	}
}

// ElementsOf walks the interactive elements of a block.
func ElementsOf(block map[string]any) iter.Seq[map[string]any] {
	return func(yield func(map[string]any) bool) {
		walkElements(block, yield)
	}
}

func walkElements(value any, yield func(map[string]any) bool) bool {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			if !walkElements(one, yield) {
				return false
			}
		}
	case map[string]any:
		if kind, _ := v["type"].(string); interactive(kind) {
			return yield(v)
		}
		for _, key := range []string{"elements", "accessory", "element", "rows", "child_blocks", "actions"} {
			if !walkElements(v[key], yield) {
				return false
			}
		}
	}
	return true
}

func interactive(kind string) bool {
	return everyElement[kind] != nil && kind != "image"
}
