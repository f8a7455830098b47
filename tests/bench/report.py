"""Figures of rounds: their medians, their ratios, how they stand to the
targets, and what is printed of them."""

import statistics


def spread(values):
    """As it goes into the JSON file."""
    return {"median": statistics.median(values), "min": min(values),
            "max": max(values), "rounds": values}


def ratios(ours, theirs):
    """Round by round: what disturbed one round disturbed both."""
    return spread([mine / other for mine, other in zip(ours, theirs)])


def judge(what, value, target, unit="x", at_least=False):
    """One target of a row: its `judged` is a list of these."""
    met = value >= target if at_least else value <= target
    return {"what": what, "value": value, "target": target, "unit": unit,
            "at_least": at_least, "met": met}


def show_spread(figure, digits=2):
    return (f"{figure['median']:8.{digits}f} "
            f"({figure['min']:.{digits}f}..{figure['max']:.{digits}f})")


def show_ratio(ratio):
    return (f"{ratio['median']:.2f}x "
            f"({ratio['min']:.2f}..{ratio['max']:.2f})")


def show_target(judged, what):
    """Behind a figure: nothing where there is no target for it."""
    return "".join(f", target {bound(each)}: {verdict(each)}"
                   for each in judged if each["what"] == what)


def show_summary(results):
    """All targets, one in a line."""
    print("\ntargets")
    for result in results:
        for each in result.get("judged", []):
            value = f"{quantity(each['value'], each['unit'])}, {bound(each)}"
            print(f"  {verdict(each):<8}{value:<32}"
                  f"{result['row']}: {each['what']}")


def verdict(each):
    return "met" if each["met"] else "MISSED"


def bound(each):
    limit = "at least" if each["at_least"] else "at most"
    return f"{limit} {quantity(each['target'], each['unit'])}"


def quantity(value, unit):
    return f"{value:.0f} bytes" if unit == "bytes" else f"{value:.2f}{unit}"


# Of rows whose figure is CPU time per request.

def cpu_row(values, targets, ours="headgate"):
    """`values`: by name, the rounds as (CPU microseconds per request, requests
    per second). `targets`: by peer, our time at most so many times its."""
    cpu = {who: [each for each, _ in rounds] for who, rounds in values.items()}
    result = {"who": {who: {
        "cpu_us": spread(cpu[who]),
        "requests_per_second": spread([rate for _, rate in rounds])}
        for who, rounds in values.items()}, "ratios": {}, "judged": []}
    if ours in values:
        result["ratios"] = {peer: ratios(cpu[ours], cpu[peer])
                            for peer in targets}
        result["judged"] = [
            judge(peer, result["ratios"][peer]["median"], target)
            for peer, target in targets.items() if target is not None]
    return result


def show_cpu(result, ours="headgate"):
    for who, figures in result["who"].items():
        line = (f"  {who:<14}{show_spread(figures['cpu_us'])} us"
                f"{figures['requests_per_second']['median']:10.0f}/s")
        if who in result["ratios"]:
            line += (f"   {ours} is {show_ratio(result['ratios'][who])}"
                     + show_target(result["judged"], who))
        print(line)
