package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/samples"
)

// viewsCommand prints every message that the product can show, so that its words can be judged, and pasted into Block
// Kit Builder, without causing the events first.
func viewsCommand() *cobra.Command {
	var text bool
	cmd := &cobra.Command{
		Use:    "views",
		Short:  "Print every message with made-up data",
		Args:   cobra.NoArgs,
		Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, sample := range samples.All() {
				if text {
					fmt.Fprintf(cmd.OutOrStdout(), "── %s\n%s\n", sample.Name, blocks.PlainText(sample.Message))
					continue
				}
				m := blocks.Fit(sample.Message)
				shown := map[string]any{"name": sample.Name, "text": m.Text, "blocks": m.Blocks}
				if err := writeJSON(cmd.OutOrStdout(), shown); err != nil {
					return fmt.Errorf("write %s: %w", sample.Name, err)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&text, "text", false, "as plain text")
	return cmd
}
