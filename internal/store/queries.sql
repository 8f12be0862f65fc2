-- What is due at certain times, the check of usage among it.

-- name: ScheduleOf :one
SELECT * FROM schedule WHERE name = @name;

-- name: InsertSchedule :exec
INSERT INTO schedule (name, due_at, next_at, holder, lease_until, succeeded_at, failed_at, failure)
VALUES (@name, @due_at, @due_at, '', 0, 0, 0, '')
ON CONFLICT DO NOTHING;

-- name: Advance :exec
UPDATE schedule SET due_at = @due_at WHERE name = @name AND due_at > @due_at AND holder = '';

-- name: Claim :execrows
UPDATE schedule
SET holder = @holder, lease_until = @lease_until, next_at = @next_at
WHERE schedule.name = @name
  AND (due_at <= @now OR due_at > @too_late)
  AND (holder = '' OR holder = @holder OR lease_until <= @wall)
  AND (CAST(@rules AS TEXT) = '' OR EXISTS (SELECT 1 FROM rules_file WHERE rules_file.name = 'last good' AND rules_file.hash = @rules));

-- name: Release :exec
UPDATE schedule SET holder = '', lease_until = 0 WHERE name = @name AND holder = @holder;

-- A failure is kept beside the last success, and a success beside the last failure.
-- name: EndTask :execrows
UPDATE schedule
SET holder = '', lease_until = 0, due_at = next_at,
    succeeded_at = CASE WHEN CAST(@failure AS TEXT) = '' THEN @ended_at ELSE succeeded_at END,
    failed_at = CASE WHEN CAST(@failure AS TEXT) = '' THEN failed_at ELSE @ended_at END,
    failure = CASE WHEN CAST(@failure AS TEXT) = '' THEN failure ELSE CAST(@failure AS TEXT) END
WHERE name = @name AND holder = @holder;

-- What a check found.

-- name: BudgetStates :many
SELECT * FROM standing WHERE month = @month ORDER BY rule, scope;

-- A row that is not stored yet has revision 0. One that is has to have the revision that was read.
-- name: SaveBudgetState :batchone
INSERT INTO standing (rule_hash, level, used, "limit", version, counted_to, unknown, root_id, said_at, recorded_at,
                      ack_by, ack_at, ack_reason, ack_level, mute_by, mute_at, mute_level, mute_until,
                      forecast_likely, forecast_against, forecast_version, foretold,
                      root_channel, held_until, over_at, calls, closed_at, final, restated_at, service_id, falls, forms,
                      month, rule, scope, revision)
VALUES (@rule_hash, @level, @used, sqlc.arg('limit'), @version, @counted_to, @unknown, @root_id, @said_at, @recorded_at,
        @ack_by, @ack_at, @ack_reason, @ack_level, @mute_by, @mute_at, @mute_level, @mute_until,
        @forecast_likely, @forecast_against, @forecast_version, @foretold,
        @root_channel, @held_until, @over_at, @calls, @closed_at, @final, @restated_at, @service_id, @falls, @forms,
        @month, @rule, @scope, @revision + 1)
ON CONFLICT (month, rule, scope) DO UPDATE
SET rule_hash = excluded.rule_hash, level = excluded.level, used = excluded.used, "limit" = excluded."limit", version = excluded.version,
    counted_to = excluded.counted_to, unknown = excluded.unknown, root_id = excluded.root_id, said_at = excluded.said_at,
    recorded_at = excluded.recorded_at, ack_by = excluded.ack_by, ack_at = excluded.ack_at, ack_reason = excluded.ack_reason,
    ack_level = excluded.ack_level, mute_by = excluded.mute_by, mute_at = excluded.mute_at, mute_level = excluded.mute_level,
    mute_until = excluded.mute_until,
    forecast_likely = excluded.forecast_likely, forecast_against = excluded.forecast_against, forecast_version = excluded.forecast_version,
    foretold = excluded.foretold, root_channel = excluded.root_channel, held_until = excluded.held_until, over_at = excluded.over_at,
    calls = excluded.calls, closed_at = excluded.closed_at, final = excluded.final, restated_at = excluded.restated_at,
    service_id = excluded.service_id, falls = excluded.falls, forms = excluded.forms, revision = excluded.revision
WHERE standing.revision = excluded.revision - 1
RETURNING revision;

-- name: BudgetStateOf :one
SELECT * FROM standing WHERE month = @month AND rule = @rule AND scope = @scope;

-- name: Answer :execrows
UPDATE standing
SET ack_by = @ack_by, ack_at = @ack_at, ack_reason = @ack_reason, ack_level = @ack_level,
    mute_by = @mute_by, mute_at = @mute_at, mute_level = @mute_level, mute_until = @mute_until, forms = @forms,
    revision = revision + 1
WHERE month = @month AND rule = @rule AND scope = @scope AND revision = @revision;

-- A budget that never had a figure has a state without a hash.
-- name: KnownRules :many
SELECT rule, rule_hash FROM standing WHERE rule_hash <> '' GROUP BY rule, rule_hash ORDER BY max(recorded_at);

-- Where an edit found first that the parent message is gone, the state is already without one.
-- name: ReplaceParent :exec
UPDATE standing SET root_id = @new_root, root_channel = @root_channel, held_until = 0, revision = revision + 1
WHERE rule = @rule AND scope = @scope AND month = @month
  AND (root_id = @old_root OR (root_id = '' AND CAST(@new_root AS TEXT) <> ''));

-- name: InsertAlert :batchone
INSERT INTO alert (rule, scope, month, kind, level, reason, used, "limit", recorded_at, delivery_id)
VALUES (@rule, @scope, @month, @kind, @level, @reason, @used, sqlc.arg('limit'), @recorded_at, @delivery_id)
ON CONFLICT DO NOTHING
RETURNING level;

-- name: RearmAlerts :batchexec
DELETE FROM alert WHERE rule = @rule AND scope = @scope AND month = @month AND kind = @kind AND level > @above;

-- name: Alerts :many
SELECT sqlc.embed(alert), CAST(COALESCE(delivery.state, '') AS TEXT) AS state, CAST(COALESCE(delivery.channel, '') AS TEXT) AS channel,
       CAST(COALESCE(delivery.ts, '') AS TEXT) AS ts
FROM alert LEFT JOIN delivery ON delivery.id = alert.delivery_id
WHERE alert.rule = @rule AND alert.scope = @scope AND alert.month = @month ORDER BY alert.recorded_at, alert.level;

-- The forecasts of budgets.

-- name: SaveForecast :batchexec
INSERT INTO outlook (rule, scope, month, day, used, "limit", low, expected, high, deviation, method, version)
VALUES (@rule, @scope, @month, @day, @used, sqlc.arg('limit'), @low, @expected, @high, @deviation, @method, @version)
ON CONFLICT (month, rule, scope, day) DO UPDATE
SET used = excluded.used, "limit" = excluded."limit", low = excluded.low, expected = excluded.expected, high = excluded.high,
    deviation = excluded.deviation, method = excluded.method, version = excluded.version;

-- The last forecast of each budget by the end of a day.
-- name: ForecastsOn :many
SELECT outlook.* FROM outlook
WHERE outlook.month = @month
  AND outlook.day = (
    SELECT max(newest.day) FROM outlook AS newest
    WHERE newest.month = outlook.month AND newest.rule = outlook.rule AND newest.scope = outlook.scope AND newest.day <= @day)
ORDER BY outlook.rule, outlook.scope;

-- name: ClosedForecasts :many
SELECT outlook.rule, outlook.scope, outlook.month, outlook.expected, outlook.deviation, outlook.method, standing.used AS final
FROM outlook JOIN standing ON standing.month = outlook.month AND standing.rule = outlook.rule AND standing.scope = outlook.scope
WHERE outlook.month >= @since AND standing.closed_at > 0;

-- What lasts for a while. New items are read of every month: they are not posted again for as long as those rows are kept.

-- name: Incidents :many
SELECT * FROM episode WHERE month = '' OR month >= @since OR kind = 'new' ORDER BY month, rule, kind, scope;

-- name: SaveIncident :batchone
INSERT INTO episode (state, since, said_at, ended_at, version, counted_to, root_id, report, recorded_at, month, rule, kind, scope, revision)
VALUES (@state, @since, @said_at, @ended_at, @version, @counted_to, @root_id, @report, @recorded_at, @month, @rule, @kind, @scope, @revision + 1)
ON CONFLICT (month, rule, kind, scope) DO UPDATE
SET state = excluded.state, since = excluded.since, said_at = excluded.said_at, ended_at = excluded.ended_at, version = excluded.version,
    counted_to = excluded.counted_to, root_id = excluded.root_id, report = excluded.report, recorded_at = excluded.recorded_at,
    revision = excluded.revision
WHERE episode.revision = excluded.revision - 1
RETURNING revision;

-- Which services were seen.

-- name: SeenServices :many
SELECT * FROM service_seen WHERE month >= @since ORDER BY month, product, service_id;

-- name: SeenMonths :many
SELECT * FROM service_month WHERE month >= @since ORDER BY month;

-- name: ForgetSeen :exec
DELETE FROM service_seen WHERE month = @month;

-- name: InsertSeen :batchexec
INSERT INTO service_seen (month, product, service_id, name, share) VALUES (@month, @product, @service_id, @name, @share)
ON CONFLICT (month, product, service_id) DO UPDATE SET name = excluded.name, share = excluded.share;

-- name: SaveSeenMonth :exec
INSERT INTO service_month (month, seen_at) VALUES (@month, @seen_at)
ON CONFLICT (month) DO UPDATE SET seen_at = excluded.seen_at;

-- What services used, as Fastly listed it.

-- name: ServiceRead :many
SELECT * FROM service_read WHERE month = @month AND product = @product AND usage_type = @usage_type;

-- name: ServicePart :many
SELECT body FROM service_part WHERE edition = @edition AND part = @part;

-- name: SaveServicePart :exec
INSERT INTO service_part (edition, part, kept_at, body) VALUES (@edition, @part, @kept_at, @body);

-- name: DropServiceParts :exec
DELETE FROM service_part
WHERE edition IN (SELECT edition FROM service_read
                  WHERE month = @month AND product = @product AND usage_type = @usage_type AND read_at <= @read_at);

-- name: SaveServiceRead :exec
INSERT INTO service_read (month, product, usage_type, read_at, beside, final, edition, parts)
VALUES (@month, @product, @usage_type, @read_at, @beside, @final, @edition, @parts)
ON CONFLICT (month, product, usage_type) DO UPDATE
SET read_at = excluded.read_at, beside = excluded.beside, final = excluded.final, edition = excluded.edition, parts = excluded.parts
WHERE service_read.read_at <= excluded.read_at;

-- What people did about budgets.

-- name: InsertAudit :exec
INSERT INTO audit (id, recorded_at, actor, action, rule, scope, month, level, detail, revision, mute_until)
VALUES (@id, @recorded_at, @actor, @action, @rule, @scope, @month, @level, @detail, @revision, @mute_until);

-- name: Audit :many
SELECT * FROM audit
WHERE month = @month AND rule = @rule AND scope = @scope
ORDER BY recorded_at DESC, revision DESC
LIMIT @most;

-- name: SaveSnapshot :batchexec
INSERT INTO snapshot (month, day, product, usage_type, region, unit, quantity, raw, counted_to, read_at)
VALUES (@month, @day, @product, @usage_type, @region, @unit, @quantity, @raw, @counted_to, @read_at)
ON CONFLICT (month, day, product, usage_type, region, unit) DO UPDATE
SET quantity = excluded.quantity, raw = excluded.raw, counted_to = excluded.counted_to, read_at = excluded.read_at;

-- Of each usage type the newest row up to the day, but of a read at which some row counted to that day: what is not used any
-- more is not counted any further, and belongs to the month all the same.
-- name: UsageOn :many
SELECT snapshot.* FROM snapshot
WHERE snapshot.month = @month AND snapshot.day <= @day AND snapshot.counted_to > 0
  AND snapshot.read_at >= (
    SELECT min(exact.read_at) FROM snapshot AS exact WHERE exact.month = @month AND exact.day = @day AND exact.counted_to > 0)
  AND NOT EXISTS (
    SELECT 1 FROM snapshot AS later
    WHERE later.month = snapshot.month AND later.product = snapshot.product AND later.usage_type = snapshot.usage_type
      AND later.region = snapshot.region AND later.day > snapshot.day AND later.day <= @day AND later.counted_to > 0)
ORDER BY snapshot.product, snapshot.usage_type, snapshot.region;

-- name: LatestUsage :many
SELECT * FROM snapshot
WHERE snapshot.month = @month AND snapshot.read_at = (SELECT max(latest.read_at) FROM snapshot AS latest WHERE latest.month = @month)
ORDER BY product, usage_type, region;

-- name: RecordedSince :many
SELECT * FROM snapshot WHERE month >= @month AND counted_to > 0 ORDER BY month, day, product, usage_type, region;

-- name: FirstRead :one
SELECT CAST(coalesce(min(read_at), 0) AS BIGINT) AS read_at FROM snapshot;

-- What was measured by day.

-- name: Traffic :many
SELECT * FROM traffic WHERE kind = @kind AND month >= @first AND month <= @last ORDER BY month, place;

-- name: TrafficOf :many
SELECT * FROM traffic WHERE kind = @kind AND place = @place AND month >= @first AND month <= @last ORDER BY month;

-- name: SaveTraffic :batchexec
INSERT INTO traffic (month, kind, place, bandwidth, requests, compute_requests)
VALUES (@month, @kind, @place, @bandwidth, @requests, @compute_requests)
ON CONFLICT (month, kind, place) DO UPDATE
SET bandwidth = excluded.bandwidth, requests = excluded.requests, compute_requests = excluded.compute_requests;

-- name: ForgetTraffic :batchexec
DELETE FROM traffic WHERE month = @month AND kind = @kind AND place = @place;

-- name: TrafficMonths :many
SELECT * FROM traffic_month WHERE kind = @kind ORDER BY month;

-- name: SaveTrafficMonth :exec
INSERT INTO traffic_month (month, kind, known, read_to, read_at, whole_at, unkept)
VALUES (@month, @kind, @known, @read_to, @read_at, @whole_at, @unkept)
ON CONFLICT (month, kind) DO UPDATE
SET known = excluded.known, read_to = excluded.read_to, read_at = excluded.read_at, whole_at = excluded.whole_at, unkept = excluded.unkept;

-- name: ServiceNames :many
SELECT * FROM service_name ORDER BY service_id;

-- name: UnnamedServices :many
SELECT place FROM traffic
WHERE month = @month AND kind = 'service' AND NOT EXISTS (SELECT 1 FROM service_name WHERE service_name.service_id = traffic.place)
ORDER BY place;

-- name: SaveServiceName :batchexec
INSERT INTO service_name (service_id, name, seen_at) VALUES (@service_id, @name, @seen_at)
ON CONFLICT (service_id) DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at;

-- Bills.

-- name: KeepEstimate :exec
INSERT INTO estimate (month, as_of, body) VALUES (@month, @as_of, @body)
ON CONFLICT (month) DO UPDATE SET as_of = excluded.as_of, body = excluded.body WHERE estimate.as_of <= excluded.as_of;

-- name: EstimateOf :one
SELECT CAST(coalesce(max(body), '') AS TEXT) AS body FROM estimate WHERE month = @month;

-- name: Closes :many
SELECT * FROM delivery WHERE kind IN ('close', 'invoice') AND month >= @month ORDER BY created_at, id;

-- Deliveries.

-- name: InsertDelivery :batchexec
INSERT INTO delivery (id, kind, channel, rule, scope, month, root_id, message, state, attempts, unsettled, error, created_at, channel_id, ts, sent_at, revision, not_before, queued_at, key, mark, look_first, urgency)
VALUES (@id, @kind, @channel, @rule, @scope, @month, @root_id, @message, 'pending', 0, FALSE, '', @created_at, '', '', 0, @revision, @not_before, @queued_at, @key, @mark, @look_first, @urgency);

-- name: CountKey :one
SELECT count(*) FROM delivery WHERE key = @key;

-- name: Delivery :one
SELECT * FROM delivery WHERE id = @id;

-- name: DeliveriesAbout :many
SELECT * FROM delivery
WHERE month = @month AND rule = @rule AND scope = @scope
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: WaitingChannels :many
SELECT DISTINCT channel FROM delivery WHERE state IN ('pending', 'broken') ORDER BY channel;

-- name: ChannelsOfReplies :many
SELECT DISTINCT channel FROM delivery WHERE root_id = @root_id AND state IN ('pending', 'broken') ORDER BY channel;

-- A newer broadcast reply to the same parent message that has all the thresholds of this one that are still reached, and more; empty where there is none.
-- name: BroadcastAbove :one
SELECT CAST(coalesce((
  SELECT newer.id FROM delivery AS newer
  WHERE newer.root_id = @root_id AND newer.kind = 'rise' AND newer.state <> 'dropped'
    AND (newer.revision > @revision
         OR (newer.revision = @revision AND (newer.created_at > @created_at OR (newer.created_at = @created_at AND newer.id > @id))))
    AND NOT EXISTS (
      SELECT 1 FROM alert AS posted
      WHERE posted.delivery_id = @id AND posted.level > (
        SELECT coalesce(max(more.level), 0) FROM alert AS more WHERE more.delivery_id = newer.id AND more.kind = 'budget'))
  ORDER BY newer.revision DESC, newer.created_at DESC, newer.id DESC
  LIMIT 1), '') AS TEXT) AS id;

-- name: NewerOfParent :one
SELECT count(*) FROM delivery
WHERE root_id = @root_id AND kind = @kind
  AND (revision > @revision OR (revision = @revision AND (created_at > @created_at OR (created_at = @created_at AND id > @id))));

-- What the parent message shows when everything that is on its way has arrived.
-- name: LatestOfParent :one
SELECT * FROM delivery
WHERE id = @root_id OR (root_id = @root_id AND kind = 'refresh')
ORDER BY revision DESC, created_at DESC, id DESC
LIMIT 1;

-- What nobody has seen: no attempt is under way, and none has ended without an outcome, except in a channel that refuses us by now.
-- name: WithdrawDelivery :execrows
UPDATE delivery SET state = 'dropped', unsettled = FALSE
WHERE id = @id AND state IN ('pending', 'broken') AND begun_at = 0 AND (NOT unsettled OR state = 'broken');

-- name: WithdrawReplies :exec
UPDATE delivery SET state = 'dropped', unsettled = FALSE
WHERE root_id = @root_id AND state IN ('pending', 'broken') AND begun_at = 0
  AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.delivery_id = delivery.id);

-- A message about a recorded threshold is not dropped: nobody would ever see it.
-- name: DropDeliveries :exec
UPDATE delivery SET state = 'dropped', unsettled = FALSE
WHERE delivery.rule = @rule AND delivery.scope = @scope AND delivery.month = @month AND delivery.state IN ('pending', 'broken')
  AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.delivery_id = delivery.id);

-- Thresholds in messages that nobody has seen (as in WithdrawDelivery), each with the highest one of its kind without those.
-- name: WaitingAlerts :many
SELECT alert.rule, alert.scope, alert.kind, alert.level, delivery.id, delivery.kind AS sort, delivery.channel,
       alert.recorded_at, alert.reason, delivery.unsettled,
       CAST((SELECT coalesce(max(other.level), 0) FROM alert AS other
             WHERE other.rule = alert.rule AND other.scope = alert.scope AND other.month = alert.month AND other.kind = alert.kind
               AND NOT EXISTS (
                 SELECT 1 FROM delivery AS unseen
                 WHERE unseen.id = other.delivery_id AND unseen.state IN ('pending', 'broken') AND unseen.begun_at = 0
                   AND (NOT unseen.unsettled OR unseen.state = 'broken'))) AS BIGINT) AS seen
FROM delivery JOIN alert ON alert.delivery_id = delivery.id
WHERE delivery.state IN ('pending', 'broken') AND delivery.begun_at = 0 AND (NOT delivery.unsettled OR delivery.state = 'broken')
  AND alert.month = @month AND alert.kind <> 'change'
ORDER BY delivery.created_at, delivery.id, alert.rule, alert.scope, alert.level;

-- The thresholds of a dropped delivery are in another one, or in none.

-- name: RepointAlerts :exec
UPDATE alert SET delivery_id = @other WHERE delivery_id = @id;

-- name: BudgetsPostedBy :many
SELECT DISTINCT rule, scope, month FROM alert WHERE delivery_id = @id ORDER BY month, rule, scope;

-- name: ForgetAlerts :exec
DELETE FROM alert WHERE delivery_id = @id;

-- name: LowerBudgetState :exec
UPDATE standing
SET level = (SELECT coalesce(max(alert.level), 0) FROM alert
             WHERE alert.rule = standing.rule AND alert.scope = standing.scope AND alert.month = standing.month AND alert.kind = 'budget'),
    foretold = (SELECT coalesce(max(alert.level), 0) FROM alert
                WHERE alert.rule = standing.rule AND alert.scope = standing.scope AND alert.month = standing.month AND alert.kind = 'forecast'),
    root_id = CASE WHEN root_id = @id THEN '' ELSE root_id END, revision = revision + 1
WHERE standing.rule = @rule AND standing.scope = @scope AND standing.month = @month;

-- A lane is looked into at once when something was posted to its channel, or has ended there. Its pause ends as well with its reason, such as
-- at a start, or where a route is forgotten.
-- name: WakeLane :exec
INSERT INTO lane (channel, due_at, post_at, edit_at, busy_until) VALUES (@channel, 0, 0, 0, 0)
ON CONFLICT (channel) DO UPDATE
SET due_at = 0, post_at = CASE WHEN CAST(@opened AS BOOLEAN) THEN 0 ELSE lane.post_at END,
    edit_at = CASE WHEN CAST(@opened AS BOOLEAN) THEN 0 ELSE lane.edit_at END;

-- name: DueLanes :many
SELECT channel FROM lane WHERE due_at <= @now AND busy_until <= @now ORDER BY due_at, channel LIMIT @most;

-- name: TakeLane :one
UPDATE lane SET busy_until = @until WHERE channel = @channel AND due_at <= @now AND busy_until <= @now RETURNING *;

-- name: RestLane :exec
UPDATE lane SET due_at = @due_at, busy_until = 0 WHERE channel = @channel;

-- name: LeaveLane :exec
UPDATE lane SET due_at = 0, busy_until = 0, post_at = @post_at, edit_at = @edit_at WHERE channel = @channel AND busy_until = @until;

-- name: FreeLanes :exec
UPDATE lane SET due_at = 0, post_at = 0, edit_at = 0, busy_until = 0
WHERE busy_until > @far OR post_at > @far OR edit_at > @far;

-- name: FreeDeliveries :exec
UPDATE delivery SET retry_at = 0 WHERE state IN ('pending', 'broken') AND retry_at > @far;

-- name: MendLane :exec
UPDATE delivery SET retry_at = 0 WHERE channel = @channel AND state = 'broken';

-- The first delivery of a channel that may be tried now. What refers to a parent message waits until that is posted, or never will be.
-- name: HeadOfLane :one
SELECT * FROM delivery
WHERE delivery.channel = @channel AND delivery.state IN ('pending', 'broken')
  AND delivery.retry_at <= @now AND delivery.not_before <= @business
  AND (CASE WHEN delivery.kind = 'refresh' THEN CAST(@edit_at AS BIGINT) ELSE CAST(@post_at AS BIGINT) END) <= @now
  AND NOT EXISTS (SELECT 1 FROM delivery AS root WHERE root.id = delivery.root_id AND root.state IN ('pending', 'broken'))
ORDER BY delivery.urgency, delivery.created_at, delivery.id
LIMIT 1;

-- When a channel has a delivery that may be tried; never where it has none. Held is when to look at what is deferred, 0 for its own time.
-- name: NextInLane :one
SELECT CAST(coalesce(min(
         CASE WHEN delivery.retry_at >= gate.opens AND delivery.retry_at >= gate.held THEN delivery.retry_at
              WHEN gate.opens >= gate.held THEN gate.opens ELSE gate.held END), CAST(@never AS BIGINT)) AS BIGINT) AS due_at
FROM delivery JOIN (
       SELECT waiting.id,
              CASE WHEN waiting.kind = 'refresh' THEN CAST(@edit_at AS BIGINT) ELSE CAST(@post_at AS BIGINT) END AS opens,
              CASE WHEN waiting.not_before <= @business THEN 0 WHEN CAST(@held AS BIGINT) > 0 THEN CAST(@held AS BIGINT) ELSE waiting.not_before END AS held
       FROM delivery AS waiting WHERE waiting.channel = @channel AND waiting.state IN ('pending', 'broken')
     ) AS gate ON gate.id = delivery.id
WHERE NOT EXISTS (SELECT 1 FROM delivery AS root WHERE root.id = delivery.root_id AND root.state IN ('pending', 'broken'));

-- name: BeginAttempt :execrows
UPDATE delivery
SET attempts = attempts + 1, unsettled = TRUE, begun_at = @now, retry_at = @until, unsure_at = @unsure_at, looked_at = @looked_at
WHERE id = @id AND attempts = @attempts AND state IN ('pending', 'broken') AND (begun_at <= @dead OR begun_at > @until);

-- Where it is open whether this attempt posted the message (unsure), that is so since it began.
-- name: EndAttempt :execrows
UPDATE delivery
SET state = @state, unsettled = @unsettled, error = @error, channel_id = @channel_id, ts = @ts, sent_at = @sent_at, begun_at = 0,
    retry_at = @retry_at,
    unsure_at = CASE WHEN CAST(@unsure AS BOOLEAN) THEN begun_at ELSE unsure_at END,
    looked_at = CASE WHEN CAST(@unsure AS BOOLEAN) THEN 0 WHEN looked_at = 0 THEN @looked_at ELSE looked_at END
WHERE id = @id AND attempts = @attempts AND state IN ('pending', 'broken');

-- A stale outcome decides nothing, except that Slack has taken the message, which is true whenever it is known.
-- name: AddReceipt :exec
UPDATE delivery
SET state = 'sent', unsettled = FALSE, error = '', channel_id = @channel_id, ts = @ts, sent_at = @sent_at, begun_at = 0
WHERE id = @id AND state IN ('pending', 'broken');

-- name: SetAside :exec
UPDATE delivery SET state = 'unreadable', unsettled = FALSE, error = @error, begun_at = 0 WHERE id = @id AND state IN ('pending', 'broken');

-- name: CountUnreadable :one
SELECT count(*) FROM delivery WHERE state = 'unreadable';

-- name: Backlog :one
SELECT count(*) AS waiting,
       CAST(coalesce(sum(CASE WHEN delivery.state = 'broken' OR root.state = 'broken' OR route.channel IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS broken,
       CAST(coalesce(min(delivery.created_at), 0) AS BIGINT) AS oldest
FROM delivery LEFT JOIN delivery AS root ON root.id = delivery.root_id LEFT JOIN route ON route.channel = delivery.channel
WHERE delivery.state IN ('pending', 'broken');

-- Routes that are broken.

-- name: BreakRoute :execrows
INSERT INTO route (channel, reason, since) VALUES (@channel, @reason, @since) ON CONFLICT DO NOTHING;

-- name: ChangeRoute :exec
UPDATE route SET reason = @reason WHERE channel = @channel;

-- name: MendRoute :execrows
DELETE FROM route WHERE channel = @channel;

-- name: CountRoute :one
SELECT count(*) FROM route WHERE channel = @channel AND since = @since;

-- name: ForgetRoutes :many
DELETE FROM route
WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.channel = route.channel AND delivery.state IN ('pending', 'broken'))
RETURNING channel;

-- name: Waiting :one
SELECT count(*) FROM delivery WHERE channel = @channel AND state IN ('pending', 'broken') AND kind <> 'refresh';

-- The channels that are known to be broken, and then those where something could have been posted for a while already.
-- name: Routes :many
SELECT route.channel, route.reason, CAST(FALSE AS BOOLEAN) AS late, route.since,
       (SELECT count(*) FROM delivery WHERE delivery.channel = route.channel AND delivery.state IN ('pending', 'broken')
          AND delivery.kind <> 'refresh') AS waiting
FROM route
UNION ALL
SELECT overdue.channel, '' AS reason, CAST(TRUE AS BOOLEAN) AS late, CAST(min(overdue.due) AS BIGINT) AS since, count(*) AS waiting
FROM (SELECT delivery.channel,
             CASE WHEN not_before > queued_at THEN not_before WHEN queued_at = 0 THEN created_at ELSE queued_at END AS due
      FROM delivery
      WHERE state = 'pending' AND kind <> 'refresh' AND channel NOT IN (SELECT broken.channel FROM route AS broken)) AS overdue
WHERE overdue.due <= CAST(@late_since AS BIGINT)
GROUP BY overdue.channel
ORDER BY late, since, channel;

-- The current rules file, which is the one that was good last.

-- A file with another content than the current one is a new revision, also where that content was seen before.
-- name: JoinRules :one
INSERT INTO rules_file (name, body, saved_at, revision, hash) VALUES ('last good', @body, @saved_at, 1, @hash)
ON CONFLICT (name) DO UPDATE
SET saved_at = CASE WHEN rules_file.body = excluded.body THEN rules_file.saved_at ELSE excluded.saved_at END,
    revision = CASE WHEN rules_file.body = excluded.body AND rules_file.revision > 0 THEN rules_file.revision ELSE rules_file.revision + 1 END,
    body = excluded.body, hash = excluded.hash
RETURNING revision, saved_at;

-- A file that an earlier version saved has no hash.
-- name: HashRules :exec
UPDATE rules_file SET hash = @hash WHERE name = 'last good' AND body = @body AND hash <> @hash;

-- It changes nothing, but a start with another file waits until the transaction has ended.
-- name: HoldRules :execrows
UPDATE rules_file SET hash = @hash WHERE name = 'last good' AND hash = @hash;

-- name: CheckNow :exec
UPDATE schedule SET due_at = 0 WHERE name = @name;

-- name: LastGoodRules :one
SELECT * FROM rules_file WHERE name = 'last good';

-- What is too old to keep. How old that is goes by the newest figures that Fastly dated, and by what was deleted last.

-- name: NewestFigures :one
SELECT CAST(coalesce(max(counted_to), 0) AS BIGINT) AS counted_to FROM snapshot;

-- name: PrunedTo :one
SELECT CAST(coalesce(max(month), '') AS TEXT) AS month FROM housekeeping WHERE name = 'prune';

-- name: SavePrunedTo :exec
INSERT INTO housekeeping (name, month) VALUES ('prune', @month) ON CONFLICT (name) DO UPDATE SET month = excluded.month;

-- Of the edits of a message only the newest is asked for again.
-- name: PruneEdits :execrows
DELETE FROM delivery
WHERE delivery.month <> '' AND delivery.month < @before AND delivery.kind = 'refresh' AND delivery.state IN ('sent', 'dropped')
  AND EXISTS (SELECT 1 FROM delivery AS newer
              WHERE newer.root_id = delivery.root_id AND newer.kind = 'refresh' AND newer.state = 'sent' AND newer.revision > delivery.revision);

-- name: PruneBudgetStates :execrows
DELETE FROM standing WHERE month < @oldest;

-- name: PruneAlerts :execrows
DELETE FROM alert WHERE month < @oldest;

-- name: PruneForecasts :execrows
DELETE FROM outlook WHERE month < @oldest;

-- name: PruneSeen :execrows
DELETE FROM service_seen WHERE month < @oldest;

-- name: PruneSeenMonths :execrows
DELETE FROM service_month WHERE month < @oldest;

-- name: PruneServiceReads :execrows
DELETE FROM service_read WHERE month < @oldest;

-- name: PruneServiceParts :execrows
DELETE FROM service_part WHERE kept_at < @left_behind AND edition NOT IN (SELECT edition FROM service_read);

-- name: PruneIncidents :execrows
DELETE FROM episode WHERE month <> '' AND month < @oldest;

-- name: PruneAudit :execrows
DELETE FROM audit WHERE month < @oldest;

-- name: PruneSnapshots :execrows
DELETE FROM snapshot WHERE month < @oldest;

-- The check is never forgotten; a digest that is no longer in the rules file is.
-- name: PruneSchedules :execrows
DELETE FROM schedule WHERE name <> 'check' AND holder = '' AND due_at < @oldest;

-- name: PruneTraffic :execrows
DELETE FROM traffic WHERE month < @oldest;

-- name: PruneTrafficMonths :execrows
DELETE FROM traffic_month WHERE month < @oldest;

-- name: PruneServiceNames :execrows
DELETE FROM service_name WHERE seen_at < @oldest;

-- name: PruneEstimates :execrows
DELETE FROM estimate WHERE month < @oldest;

-- name: PruneDeliveries :execrows
DELETE FROM delivery WHERE created_at < @oldest;

-- What replicas have taken in hand of what Slack delivered.

-- name: ClaimEnvelope :batchone
INSERT INTO envelope (key, claimed_at) VALUES (@key, @claimed_at)
ON CONFLICT (key) DO UPDATE SET claimed_at = excluded.claimed_at WHERE envelope.claimed_at <= @expired
RETURNING key;

-- name: ForgetEnvelope :batchexec
DELETE FROM envelope WHERE key = @key;

-- name: PruneEnvelopes :execrows
DELETE FROM envelope WHERE claimed_at < @oldest;

-- A rule that has another name now. What was recorded under the new one already stays.

-- name: RenameBudgetStates :exec
UPDATE standing SET rule = @rule, said_at = 0 -- its parent message is to be written anew, with the new name
WHERE standing.rule = @was AND NOT EXISTS (
    SELECT 1 FROM standing AS taken WHERE taken.rule = @rule AND taken.scope = standing.scope AND taken.month = standing.month);

-- name: RenameAlerts :exec
UPDATE alert SET rule = @rule
WHERE alert.rule = @was AND NOT EXISTS (
    SELECT 1 FROM alert AS taken
    WHERE taken.rule = @rule AND taken.scope = alert.scope AND taken.month = alert.month AND taken.kind = alert.kind
      AND taken.level = alert.level);

-- name: RenameAudit :exec
UPDATE audit SET rule = @rule WHERE rule = @was;

-- name: RenameDeliveries :exec
UPDATE delivery SET rule = @rule WHERE rule = @was;

-- name: RenameIncidents :exec
UPDATE episode SET rule = @rule, said_at = 0 -- as of a budget state
WHERE episode.rule = @was AND NOT EXISTS (
    SELECT 1 FROM episode AS taken
    WHERE taken.rule = @rule AND taken.scope = episode.scope AND taken.month = episode.month AND taken.kind = episode.kind);

-- name: RenameForecasts :exec
UPDATE outlook SET rule = @rule
WHERE outlook.rule = @was AND NOT EXISTS (
    SELECT 1 FROM outlook AS taken
    WHERE taken.rule = @rule AND taken.scope = outlook.scope AND taken.month = outlook.month AND taken.day = outlook.day);
