package command

import (
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/command/typed"
)

// fillers are words of whole sentences that have no meaning in a question.
var fillers = strings.Fields("a about all and are at be been biggest busiest can could did do does for get give greatest had happen happened happening has have heaviest highest how i in is it largest list me most much of on our please report " +
	"see show tell that the to total us usage use used uses using was we were what what's whats with would you")

func isFiller(w typed.Word) bool { return w.Is(fillers...) }

// The kinds of names, as people type them before a name.
const (
	kindMeasure = "measure"
	kindProduct = "product"
	kindType    = "type"
	kindRegion  = "region"
	kindService = "service"
	kindTeam    = "team"
	kindCharges = "charges"
)

// measures are the words for measures of every product.
var measures = map[string]string{
	"bandwidth": billing.NounBandwidth, "traffic": billing.NounBandwidth, "egress": billing.NounBandwidth,
	"requests": billing.NounRequests, "reqs": billing.NounRequests, "hits": billing.NounRequests,
	"vcpu": billing.NounVCPUTime, "vcpu time": billing.NounVCPUTime, "storage": billing.NounStorage,
	"operations": billing.NounOperations, "ops": billing.NounOperations,
}

// isMeasure reports whether the words name a measure. People type a usage type of that name in quotes.
func isMeasure(all []typed.Word) bool {
	isQuoted := slices.ContainsFunc(all, func(w typed.Word) bool { return w.Quoted })
	return !isQuoted && measures[strings.ToLower(typed.Plain(all))] != ""
}

// regionAliases are what people call Fastly's regions.
var regionAliases = map[string]string{
	"na": "North America", "us": "North America", "usa": "North America", "eu": "Europe", "sa": "South America", "latam": "South America",
	"apac": "Asia", "au": "Australia", "oceania": "Australia",
}

// typeAliases are what people call usage types that Fastly names otherwise.
var typeAliases = map[string]string{"support": "Customer Success"}

// kindsTyped are the words that say the kind of the names after them.
var kindsTyped = map[string]string{
	kindProduct: kindProduct, kindType: kindType, kindRegion: kindRegion, kindService: kindService, kindTeam: kindTeam,
	"products": kindProduct, "types": kindType, "regions": kindRegion, "services": kindService, "teams": kindTeam,
}

// joiners are the words between several names of one kind.
var joiners = append([]string{"and", "or", "+", "&", "with"}, versusWords...)
