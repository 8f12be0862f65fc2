package slacksim

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"budgetbot/internal/slacksim/blockkit"
)

// storedFile is an uploaded file.
type storedFile struct {
	id, name, title, alt string
	length               int
	content              []byte
	uploaded             bool
	ready                time.Time
	channels             []string
}

// maxUpload bounds what an upload may hold, in bytes.
const maxUpload = 64 << 20

func (s *Server) fileUploadURL(c *call) (reply, error) {
	f := &storedFile{name: c.args.text("filename"), length: c.args.number("length", 0), alt: c.args.text("alt_txt")}
	if f.name == "" || f.length <= 0 || f.length > maxUpload {
		return nil, refuse("invalid_arguments")
	}
	f.id = s.newID("F")
	key := secret()
	s.files[f.id], s.uploads[key] = f, f
	return reply{"upload_url": c.origin + "/upload/v1/" + key, "file_id": f.id}, nil
}

// serveUpload takes the bytes, raw or as the first field of a form, whatever that is called.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	content, readErr := uploadedBytes(w, r)
	spoiled, err := s.carry(w, r, Call{Method: "upload"}, func() error {
		if readErr != nil {
			return &refusal{code: "invalid_upload", status: http.StatusBadRequest}
		}
		return s.storeUpload(r.PathValue("key"), content)
	})
	switch {
	case spoiled:
	case err != nil:
		s.write(w, &call{}, nil, err)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "OK - %d", len(content))
	}
}

func uploadedBytes(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+1<<20)
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return io.ReadAll(r.Body)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	part, err := parts.NextPart()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(part)
}

func (s *Server) storeUpload(key string, content []byte) error {
	f, known := s.uploads[key]
	switch {
	case !known:
		return &refusal{code: "file_not_found", status: http.StatusNotFound}
	case len(content) != f.length:
		s.violate("upload_length", "an upload of another length than announced")
		return &refusal{code: "invalid_length", status: http.StatusBadRequest}
	}
	delete(s.uploads, key)
	f.content, f.uploaded = content, true
	return nil
}

func (s *Server) fileComplete(c *call) (reply, error) {
	wanted, err := s.uploadedFiles(c.args)
	if err != nil {
		return nil, err
	}
	rooms, err := s.fileRooms(c)
	if err != nil {
		return nil, err
	}
	m := &Message{User: s.cfg.BotUserID, FromBot: true, Text: c.args.text("initial_comment"), Via: "file"}
	if m.Blocks, err = s.readBlocks(c.args, blockkit.SurfaceMessage); err != nil {
		return nil, err
	}
	for _, r := range rooms {
		if m.ThreadTS, err = r.threadOf(c.args.text("thread_ts")); err != nil {
			return nil, err
		}
	}
	answer := []map[string]any{}
	for _, f := range wanted {
		f.ready = s.cfg.Now().Add(s.cfg.FileDelay)
		m.Files = append(m.Files, f.id)
		answer = append(answer, map[string]any{"id": f.id, "title": f.title})
	}
	for _, r := range rooms {
		s.put(r, new(*m))
		for _, f := range wanted {
			f.channels = append(f.channels, r.ID)
			s.publish(Event{Kind: FileShared, Channel: r.ID, User: m.User, Detail: f.id})
		}
	}
	return reply{"files": answer}, nil
}

// filesJSON describes the files of a message. Callers hold the lock.
func (s *Server) filesJSON(ids []string) []map[string]any {
	var out []map[string]any
	for _, id := range ids {
		if f, known := s.files[id]; known {
			out = append(out, map[string]any{"id": f.id, "name": f.name, "title": f.title, "size": f.length, "user": s.cfg.BotUserID})
		}
	}
	return out
}

// uploadedFiles reads the files argument: each must be uploaded and not yet completed.
func (s *Server) uploadedFiles(a args) ([]*storedFile, error) {
	value, _, err := a.nested("files")
	list, ok := value.([]any)
	if err != nil || !ok || len(list) == 0 {
		return nil, refuse("invalid_arguments")
	}
	var out []*storedFile
	for _, one := range list {
		entry, _ := one.(map[string]any)
		id, _ := entry["id"].(string)
		f, known := s.files[id]
		if !known || !f.uploaded || !f.ready.IsZero() || slices.Contains(out, f) {
			return nil, refuse("file_not_found")
		}
		f.title, _ = entry["title"].(string)
		out = append(out, f)
	}
	return out, nil
}

func (s *Server) fileRooms(c *call) ([]*room, error) {
	ids := strings.Split(c.args.text("channels"), ",")
	if id := c.args.text("channel_id"); id != "" {
		ids = []string{id}
	}
	var out []*room
	for _, id := range ids {
		if id == "" {
			continue
		}
		r, ok := s.room(id)
		switch {
		case !ok, r.Private && !r.BotMember:
			return nil, refuse("channel_not_found")
		case r.Archived:
			return nil, refuse("is_archived")
		case !r.BotMember:
			return nil, refuse("not_in_channel")
		}
		out = append(out, r)
	}
	if len(out) > 100 {
		return nil, refuse("invalid_channel")
	}
	return out, nil
}

func (s *Server) fileInfo(c *call) (reply, error) {
	f, ok := s.files[c.args.text("file")]
	if !ok || f.ready.IsZero() {
		return nil, refuse("file_not_found")
	}
	mimetype := http.DetectContentType(f.content)
	if !s.fileReady(f.id) {
		mimetype = ""
	}
	return reply{"file": map[string]any{
		"id": f.id, "name": f.name, "title": f.title, "mode": "hosted", "mimetype": mimetype, "size": f.length, "channels": f.channels,
		"alt_txt": f.alt,
	}}, nil
}

// fileReady reports whether an upload may be used in an image block.
func (s *Server) fileReady(id string) bool {
	f, ok := s.files[id]
	return ok && !f.ready.IsZero() && !s.cfg.Now().Before(f.ready)
}

// File gives the bytes and the name of an upload by its id.
func (s *Server) File(id string) (name string, content []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[id]
	if !ok {
		return "", nil, false
	}
	return f.name, slices.Clone(f.content), true
}
