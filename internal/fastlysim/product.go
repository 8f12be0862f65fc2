package fastlysim

// The months that the delivery figures of the default account are anchored to.
var anchorMonths = [3]string{"2023-01", "2023-02", "2023-03"}

// DefaultUsageTypes are the seven products of the default account. Delivery is
// anchored to the first quarter of 2023, in which Asia grows fastest.
func DefaultUsageTypes() []UsageType {
	const gigabytes, requests = 1_000_000_000, 1_000_000
	return append([]UsageType{
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
	}, otherUsageTypes()...)
}

// otherUsageTypes are the products that are not counted by region.
func otherUsageTypes() []UsageType {
	in := func(raw int64) map[string]int64 { return map[string]int64{"2023-01": raw} }
	return []UsageType{
		{ProductID: "compute_requests", Name: "Compute Requests", Unit: "unit", Power: 6, Growth: 0.015, Anchors: in(6_184_220_417)},
		{ProductID: "compute_requests", Name: "Compute vCPU Time", Unit: "ms", Power: 0, Growth: 0.018, Anchors: in(71_905_338_264)},
		{ProductID: "ddos_protection", Name: "DDoS Protection Requests", Unit: "unit", Power: 4, Growth: 0.004, Anchors: in(3_911_870_552)},
		{ProductID: "image_optimizer", Name: "Image Optimizer Requests", Unit: "unit", Power: 4, Growth: 0.006, Anchors: in(1_402_673_918)},
		{ProductID: "kv_store", Name: "KV Store Class A Operations", Unit: "unit", Power: 3, Growth: 0.012, Anchors: in(118_440_206)},
		{ProductID: "kv_store", Name: "KV Store Class B Operations", Unit: "unit", Power: 3, Growth: 0.012, Anchors: in(2_690_117_385)},
		{ProductID: "ngwaf", Name: "Next-Gen WAF Requests", Unit: "unit", Power: 6, Growth: 0.007, Anchors: in(8_260_994_031)},
		{ProductID: "object_storage", Name: "Object Storage", Unit: "gb", Power: 9, Growth: 0.020, Anchors: in(38_214_660_118_532)},
		{ProductID: "object_storage", Name: "Object Storage Class A Operations", Unit: "unit", Power: 3, Growth: 0.010, Anchors: in(64_031_772)},
		{ProductID: "object_storage", Name: "Object Storage Class B Operations", Unit: "unit", Power: 3, Growth: 0.013, Anchors: in(512_208_914)},
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
	}
}
