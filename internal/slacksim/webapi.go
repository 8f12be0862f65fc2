package slacksim

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"budgetbot/internal/slacksim/blockkit"
)

// maxBody bounds what the Web API reads.
const maxBody = 4 << 20

// reply is the body of a successful answer, without "ok".
type reply map[string]any

// refusal is an error code of Slack with whatever goes with it.
type refusal struct {
	code     string
	messages []string
	extra    map[string]any
	status   int
	retry    time.Duration
}

func (r *refusal) Error() string { return r.code }

// explain is the code with the problems found, for violations.
func (r *refusal) explain() string {
	return strings.Join(append([]string{r.code}, r.messages...), "; ")
}

func refuse(code string) error { return &refusal{code: code} }

// method is one method of the Web API.
type method struct {
	scopes    []string
	app       bool
	perMinute int
	serve     func(s *Server, c *call) (reply, error)
}

// The tiers of Slack's rate limits, in calls per minute.
const (
	tier2 = 20
	tier3 = 50
	tier4 = 100
	tierX = 600
)

func methods() map[string]method {
	write := []string{"chat:write"}
	files := []string{"files:write"}
	return map[string]method{
		"auth.test":                   {perMinute: tierX, serve: (*Server).authTest},
		"apps.connections.open":       {app: true, scopes: []string{"connections:write"}, perMinute: tier3, serve: (*Server).connectionsOpen},
		"chat.postMessage":            {scopes: write, perMinute: tierX, serve: (*Server).chatPost},
		"chat.postEphemeral":          {scopes: write, perMinute: tier4, serve: (*Server).chatPostEphemeral},
		"chat.update":                 {scopes: write, perMinute: tier3, serve: (*Server).chatUpdate},
		"chat.delete":                 {scopes: write, perMinute: tier3, serve: (*Server).chatDelete},
		"chat.getPermalink":           {perMinute: tierX, serve: (*Server).chatPermalink},
		"chat.scheduleMessage":        {scopes: write, perMinute: tier3, serve: (*Server).chatSchedule},
		"chat.deleteScheduledMessage": {scopes: write, perMinute: tier3, serve: (*Server).chatUnschedule},
		"conversations.info":          {perMinute: tier3, serve: (*Server).conversationInfo},
		"conversations.list":          {perMinute: tier2, serve: (*Server).conversationList},
		"conversations.history":       {perMinute: tier3, serve: (*Server).conversationHistory},
		"conversations.replies":       {perMinute: tier3, serve: (*Server).conversationReplies},
		"users.info":                  {scopes: []string{"users:read"}, perMinute: tier4, serve: (*Server).userInfo},
		"usergroups.users.list":       {scopes: []string{"usergroups:read"}, perMinute: tier2, serve: (*Server).groupUsers},
		"views.open":                  {perMinute: tier4, serve: (*Server).viewOpen},
		"views.push":                  {perMinute: tier4, serve: (*Server).viewPush},
		"views.update":                {perMinute: tier4, serve: (*Server).viewUpdate},
		"views.publish":               {perMinute: tier4, serve: (*Server).viewPublish},
		"files.getUploadURLExternal":  {scopes: files, perMinute: tier4, serve: (*Server).fileUploadURL},
		"files.completeUploadExternal": {
			scopes: files, perMinute: tier4, serve: (*Server).fileComplete,
		},
		"files.info": {scopes: []string{"files:read"}, perMinute: tier4, serve: (*Server).fileInfo},
	}
}

// webapi is the state of the Web API as such. Everything in it is guarded by Server.mu.
type webapi struct {
	methods   map[string]method
	buckets   map[string]*bucket
	faults    map[string][]*plannedFault
	scopes    []string
	appScopes []string
	revoked   bool
}

func newWebAPI(cfg Config) webapi {
	return webapi{methods: methods(), buckets: map[string]*bucket{}, faults: map[string][]*plannedFault{}, scopes: cfg.Scopes, appScopes: cfg.AppScopes}
}

// call is one request to a method.
type call struct {
	name   string
	method method
	args   args
	bearer string
	posted string
	scopes []string
	origin string
	warn   string
}

func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request) {
	c, readErr := readCall(w, r)
	var body reply
	spoiled, err := s.carry(w, r, Call{Method: c.name, Channel: c.args.text("channel")}, func() (err error) {
		if readErr != nil {
			return readErr
		}
		body, err = s.answer(c)
		return err
	})
	if !spoiled {
		s.write(w, c, body, err)
	}
}

// carry carries a call out under the faults that Fail planned for it, and records it. do is called with the lock held;
// spoiled means that the answer was given, or withheld, in the fault's own way.
func (s *Server) carry(w http.ResponseWriter, r *http.Request, entry Call, do func() error) (spoiled bool, err error) {
	fault, faulty, err := s.attempt(entry, do)
	return faulty && s.spoil(w, r, fault), err
}

// attempt is carry as far as it needs the lock.
func (s *Server) attempt(entry Call, do func() error) (fault Fault, faulty bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fault, faulty = s.takeFault(entry.Method)
	switch {
	case faulty && fault.Late > 0:
		s.after(fault.Late, func() { _ = do() })
	case faulty && !fault.DropAfter && !fault.Carried:
		err = fault.refusal()
	default:
		err = do()
	}
	entry.At = s.cfg.Now()
	entry.Status, entry.Error = outcomeOf(err)
	if faulty && fault.silent() {
		entry.Status = 0
	}
	s.logCall(entry)
	return fault, faulty, err
}

func outcomeOf(err error) (status int, code string) {
	refused, ok := errors.AsType[*refusal](err)
	switch {
	case err == nil:
		return http.StatusOK, ""
	case !ok:
		return http.StatusInternalServerError, "internal_error"
	case refused.status != 0:
		return refused.status, refused.code
	}
	return http.StatusOK, refused.code
}

// answer checks the token, the scopes and the rate, then carries the call out. Callers hold the lock.
func (s *Server) answer(c *call) (reply, error) {
	m, known := s.methods[c.name]
	if !known {
		return nil, refuse("unknown_method")
	}
	c.method, c.scopes = m, s.scopesOf(c)
	if err := s.authorize(c); err != nil {
		return nil, err
	}
	if err := s.limit(c); err != nil {
		return nil, err
	}
	return m.serve(s, c)
}

func (s *Server) authorize(c *call) error {
	if c.method.app && c.posted != "" {
		s.violate("token_as_parameter", "apps.connections.open takes its token from the Authorization header alone")
		return refuse("not_authed")
	}
	token := c.token()
	switch {
	case token == "":
		return refuse("not_authed")
	case token != s.cfg.BotToken && token != s.cfg.AppToken:
		return refuse("invalid_auth")
	case s.revoked:
		return refuse("token_revoked")
	case c.method.app != (token == s.cfg.AppToken):
		return refuse("not_allowed_token_type")
	}
	return s.need(c, c.method.scopes...)
}

// need refuses a call whose token lacks one of the scopes.
func (s *Server) need(c *call, scopes ...string) error {
	for _, scope := range scopes {
		if !slices.Contains(c.scopes, scope) {
			return &refusal{code: "missing_scope", extra: map[string]any{"needed": scope, "provided": strings.Join(c.scopes, ",")}}
		}
	}
	return nil
}

func (s *Server) scopesOf(c *call) []string {
	switch c.token() {
	case s.cfg.BotToken:
		return s.scopes
	case s.cfg.AppToken:
		return s.appScopes
	}
	return nil
}

func (c *call) token() string {
	if c.bearer != "" {
		return c.bearer
	}
	return c.posted
}

func (s *Server) write(w http.ResponseWriter, c *call, body reply, err error) {
	out := map[string]any{"ok": err == nil}
	for key, value := range body {
		out[key] = value
	}
	meta := map[string]any{}
	if cursor, ok := body["next_cursor"]; ok {
		delete(out, "next_cursor")
		meta["next_cursor"] = cursor
	}
	status, code := outcomeOf(err)
	if code != "" {
		out["error"] = code
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		refused.describe(w, out, meta)
	}
	if c.warn != "" {
		out["warning"] = c.warn
		meta["warnings"] = []string{c.warn}
	}
	if s.cfg.Noise {
		out["x_unknown_"+secret()[:4]] = map[string]any{"since": "tomorrow"}
	}
	if len(meta) > 0 {
		out["response_metadata"] = meta
	}
	if c.scopes != nil {
		w.Header().Set("X-OAuth-Scopes", strings.Join(c.scopes, ","))
		w.Header().Set("X-Accepted-OAuth-Scopes", strings.Join(c.method.scopes, ","))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(blockkit.Encode(out))
}

func (r *refusal) describe(w http.ResponseWriter, out, meta map[string]any) {
	for key, value := range r.extra {
		out[key] = value
	}
	if r.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(wholeSeconds(r.retry)))
	}
	if len(r.messages) == 0 {
		return
	}
	marked := make([]string, 0, len(r.messages))
	for _, m := range r.messages {
		marked = append(marked, "[ERROR] "+m)
	}
	out["errors"], meta["messages"] = r.messages, marked
}

// wholeSeconds rounds up, as Retry-After and hello do.
func wholeSeconds(d time.Duration) int {
	return max(1, int((d+time.Second-1)/time.Second))
}
