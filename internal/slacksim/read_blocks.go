package slacksim

import (
	"encoding/json"
	"fmt"

	"budgetbot/internal/slacksim/blockkit"
)

// readBlocks checks the blocks of a call and gives every block and element an id, as Slack does.
func (s *Server) readBlocks(a args, on blockkit.Surface) (json.RawMessage, error) {
	value, present, err := a.nested("blocks")
	if err != nil {
		return nil, refuse("invalid_blocks_format")
	}
	if !present {
		return nil, nil
	}
	if list, ok := value.([]any); ok && len(list) == 0 {
		return nil, nil
	}
	if err := s.checkBlocks("/blocks", value, on); err != nil {
		return nil, err
	}
	if size, text := blockkit.SizeOf(value); on.Sized && (size > s.cfg.MaxBlocksChars || text > blockkit.MaxBlocksText) {
		return nil, refuse("msg_blocks_too_long")
	}
	s.nameBlocks(value)
	return blockkit.Encode(value), nil
}

// checkBlocks refuses blocks that Slack refuses, naming every problem.
func (s *Server) checkBlocks(at string, value any, on blockkit.Surface) error {
	if _, ok := value.([]any); !ok {
		return refuse("invalid_blocks_format")
	}
	c := s.newCheck(on)
	blockkit.BlockList(c, at, value)
	if len(c.Problems) > 0 {
		return &refusal{code: "invalid_blocks", messages: c.Problems}
	}
	return nil
}

func (s *Server) newCheck(on blockkit.Surface) *blockkit.Check {
	return &blockkit.Check{On: on, BlockIDs: map[string]bool{}, FileReady: s.fileReady}
}

// nameBlocks gives an id to every block and every interactive element that has none.
func (s *Server) nameBlocks(value any) {
	blocks, _ := value.([]any)
	for _, one := range blocks {
		object, _ := one.(map[string]any)
		if id, _ := object["block_id"].(string); id == "" || object["type"] == "markdown" {
			s.lastNumber++
			object["block_id"] = fmt.Sprintf("b%05d", s.lastNumber)
		}
		for element := range blockkit.ElementsOf(object) {
			if id, _ := element["action_id"].(string); id == "" {
				s.lastNumber++
				element["action_id"] = fmt.Sprintf("a%05d", s.lastNumber)
			}
		}
	}
}
