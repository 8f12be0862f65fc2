// An ordinary Bolt app in Socket Mode: it takes a command, acks, responds, posts a message with a button, opens a modal
// on the press and updates the message on the submission. BOLT_DIR may name another directory that has node_modules.
import { createRequire } from "node:module";
import { join } from "node:path";

const home = process.env.BOLT_DIR ? join(process.env.BOLT_DIR, "package.json") : import.meta.url;
const { App, LogLevel } = createRequire(home)("@slack/bolt");

const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});

const plain = (text) => ({ type: "plain_text", text });

app.command("/usage", async ({ command, ack, respond, client }) => {
  await ack();
  await respond({ text: `usage of ${command.text}` });
  await client.chat.postMessage({
    channel: command.channel_id,
    text: "shared",
    blocks: [
      { type: "header", text: plain("Shared") },
      { type: "actions", elements: [{ type: "button", action_id: "note", text: plain("Add a Note"), value: "1" }] },
    ],
    metadata: { event_type: "shared", event_payload: { by: command.user_id } },
  });
});

app.action("note", async ({ ack, body, client }) => {
  await ack();
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: "modal",
      callback_id: "note",
      title: plain("Why"),
      submit: plain("Save"),
      private_metadata: JSON.stringify({ channel: body.channel.id, ts: body.message.ts }),
      blocks: [
        { type: "input", block_id: "why", label: plain("Reason"), element: { type: "plain_text_input", action_id: "reason" } },
      ],
    },
  });
});

app.view("note", async ({ ack, view, client }) => {
  const reason = view.state.values.why.reason.value;
  if (reason.length < 3) {
    await ack({ response_action: "errors", errors: { why: "Say a little more" } });
    return;
  }
  await ack();
  const at = JSON.parse(view.private_metadata);
  await client.chat.update({ channel: at.channel, ts: at.ts, text: `noted: ${reason}`, blocks: [] });
});

app.event("app_home_opened", async ({ event, client }) => {
  await client.views.publish({
    user_id: event.user,
    view: { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Home*" } }] },
  });
});

process.stdin.resume();
process.stdin.on("end", async () => {
  await app.stop();
  process.exit(0);
});
await app.start();
