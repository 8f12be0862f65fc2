package account

import (
	"slices"
)

// The months that the delivery figures of the default account are anchored to.
var anchorMonths = [3]string{"2023-01", "2023-02", "2023-03"}

// DefaultUsageTypes are the seven products of the default account. Delivery is
// anchored to the first quarter of 2023, in which Asia grows fastest.
func DefaultUsageTypes() []UsageType {
	const gigabytes, requests = 1_000_000_000, 1_000_000
	return slices.Concat([]UsageType{
		bandwidth("Asia", 0.010, 96_200*gigabytes, 101_800*gigabytes, 139_500*gigabytes),
		bandwidth("Australia", 0.003, 17_900*gigabytes, 16_800*gigabytes, 18_600*gigabytes),
		bandwidth("Europe", 0.004, 298_400*gigabytes, 285_000*gigabytes, 331_700*gigabytes),
		bandwidth("North America", 0.002, 412_600*gigabytes, 389_100*gigabytes, 448_900*gigabytes),
		bandwidth("South America", 0.005, 21_400*gigabytes, 20_900*gigabytes, 23_800*gigabytes),
		delivery("Asia", 0.011, 9_800*requests, 10_420*requests, 14_610*requests),
		delivery("Australia", 0.003, 1_770*requests, 1_700*requests, 1_880*requests),
		delivery("Europe", 0.004, 30_110*requests, 28_940*requests, 33_050*requests),
		delivery("North America", 0.003, 41_260*requests, 38_900*requests, 44_100*requests),
		delivery("South America", 0.005, 2_080*requests, 2_020*requests, 2_310*requests),
	}, otherUsageTypes())
}

// prices are what the default account pays for delivery, in each region for a
// gigabyte and for 10,000 requests.
var prices = map[string]struct{ gigabytes, requests []Tier }{
	"Asia":          {falling("0.075", 50_000, falling("0.05", 100_000, flat("0.03"))), flat("0.002")},
	"Australia":     {flat("0.06"), flat("0.0012")},
	"Europe":        {falling("0.06", 100_000, falling("0.03", 250_000, flat("0.015"))), flat("0.001")},
	"North America": {falling("0.08", 100_000, falling("0.04", 300_000, flat("0.015"))), flat("0.001")},
	"South America": {flat("0.07"), flat("0.0014")},
}

// otherUsageTypes are the products that are not counted by region.
func otherUsageTypes() []UsageType {
	in := func(raw int64) map[string]int64 { return map[string]int64{"2023-01": raw} }
	return []UsageType{
		{
			ProductID: "compute_requests", Name: "Compute Requests", Unit: "unit", Power: 6, Growth: 0.015, Anchors: in(6_184_220_417),
			Price: priced("Compute", "Compute", "Requests", "0.2"),
		},
		{
			ProductID: "compute_requests", Name: "Compute vCPU Time", Unit: "ms", Power: 0, Growth: 0.018, Anchors: in(71_905_338_264),
			Price: priced("Compute", "Compute", "vCPU Time", "0.00000002"),
		},
		{
			ProductID: "ddos_protection", Name: "DDoS Protection Requests", Unit: "unit", Power: 4, Growth: 0.004, Anchors: in(3_911_870_552),
			Price: priced("DDoS Protection", "Security", "Requests", "0.0015"),
		},
		{
			ProductID: "image_optimizer", Name: "Image Optimizer Requests", Unit: "unit", Power: 4, Growth: 0.006, Anchors: in(1_402_673_918),
			Price: priced("Image Optimizer", "Network Services", "Requests", "0.009"),
		},
		{
			ProductID: "kv_store", Name: "KV Store Class A Operations", Unit: "unit", Power: 3, Growth: 0.012, Anchors: in(118_440_206),
			Price: priced("KV Store", "Compute", "Class A Operations", "0.003"),
		},
		{
			ProductID: "kv_store", Name: "KV Store Class B Operations", Unit: "unit", Power: 3, Growth: 0.012, Anchors: in(2_690_117_385),
			Price: priced("KV Store", "Compute", "Class B Operations", "0.0003"),
		},
		{
			ProductID: "ngwaf", Name: "Next-Gen WAF Requests", Unit: "unit", Power: 6, Growth: 0.007, Anchors: in(8_260_994_031),
			Price: priced("Next-Gen WAF", "Security", "Requests", "0.25"),
		},
		{
			ProductID: "object_storage", Name: "Object Storage", Unit: "gb", Power: 9, Growth: 0.020, Anchors: in(38_214_660_118_532),
			Price: priced("Object Storage", "Network Services", "Storage", "0.02"),
		},
		{
			ProductID: "object_storage", Name: "Object Storage Class A Operations", Unit: "unit", Power: 3, Growth: 0.010, Anchors: in(64_031_772),
			Price: priced("Object Storage", "Network Services", "Class A Operations", "0.005"),
		},
		{
			ProductID: "object_storage", Name: "Object Storage Class B Operations", Unit: "unit", Power: 3, Growth: 0.013, Anchors: in(512_208_914),
			Price: priced("Object Storage", "Network Services", "Class B Operations", "0.0004"),
		},
	}
}

func bandwidth(region string, growth float64, raw ...int64) UsageType {
	return regional(region, "Bandwidth", "gb", 9, growth, raw)
}

func delivery(region string, growth float64, raw ...int64) UsageType {
	return regional(region, "Requests", "unit", 4, growth, raw)
}

func regional(region, what, unit string, power int32, growth float64, raw []int64) UsageType {
	anchors := map[string]int64{}
	for i, m := range anchorMonths {
		anchors[m] = raw[i]
	}
	return UsageType{
		ProductID: "cdn_usage", Name: region + " " + what, Region: region,
		Unit: unit, Power: power, Growth: growth, Anchors: anchors,
		Price: Price{Group: "Full Site Delivery", Line: "Network Services", Counts: what, Tiers: deliveryTiers(region, unit)},
	}
}

func deliveryTiers(region, unit string) []Tier {
	if unit == "gb" {
		return prices[region].gigabytes
	}
	return prices[region].requests
}

// priced is one rate whatever the volume.
func priced(group, line, counts, rate string) Price {
	return Price{Group: group, Line: line, Counts: counts, Tiers: flat(rate)}
}
