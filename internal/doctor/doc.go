// Package doctor examines everything that the service needs: the environment, the rules, Slack's tokens, scopes and channels, Fastly's
// token, usage, services and bills, and the database. It says for each what is the matter and what to do next, and posts nothing unless it
// is asked to.
package doctor
