// Package blocks is the vocabulary of Slack messages: text, numbers, dates, tables, buttons and notices, and the forms in which Slack, a
// terminal and a screen reader get them.
//
// Views write text in a small markup: *bold*, `code`, <@U012AB3CD>, <!subteam^S012AB3CD>, <#C012AB3CD> and <https://x.example|a label>. A name that
// comes from Fastly or from a person goes through Escape, which puts it between braces where one of its signs would mean something; Bold, Code and
// Link do the like. Section and Context read the markup once. A block stays words or rows until the message is encoded: words become rich
// text, in which every sign stands for itself, and rows become Slack's table.
//
// Every function is pure. The sender of a Message passes it through Fit first, which keeps it within Slack's limits.
package blocks
