"""Figures of rounds: their medians, their ratios, and what is printed."""

import statistics


def spread(values):
    """As it goes into the JSON file."""
    return {"median": statistics.median(values), "min": min(values),
            "max": max(values), "rounds": values}


def ratios(ours, theirs, target):
    """Round by round: what disturbed one round disturbed both."""
    each = [mine / other for mine, other in zip(ours, theirs)]
    return {**spread(each), "target": target}


def show_spread(figure, digits=2):
    return (f"{figure['median']:8.{digits}f} "
            f"({figure['min']:.{digits}f}..{figure['max']:.{digits}f})")


def verdict(value, target):
    if target is None:
        return ""
    met = "met" if value <= target else "MISSED"
    return f", target {target:.2f}x: {met}"


def show_ratio(ratio, who="headgate is "):
    return (f"   {who}{ratio['median']:.2f}x "
            f"({ratio['min']:.2f}..{ratio['max']:.2f})"
            + verdict(ratio["median"], ratio["target"]))


# Of rows whose figure is CPU time per request.

def cpu_row(values, targets, ours="headgate"):
    """`values`: by name, the rounds as (CPU microseconds per request, requests
    per second). `targets`: by peer, our time at most so many times its."""
    result = {"who": {who: {
        "cpu_us": spread([cpu for cpu, _ in rounds]),
        "requests_per_second": statistics.median(rate for _, rate in rounds)}
        for who, rounds in values.items()}, "ratios": {}}
    if ours in values:
        result["ratios"] = {peer: ratios(
            [cpu for cpu, _ in values[ours]],
            [cpu for cpu, _ in values[peer]], target)
            for peer, target in targets.items()}
    return result


def show_cpu(result, ours="headgate"):
    for who, figures in result["who"].items():
        line = (f"  {who:<14}{show_spread(figures['cpu_us'])} us"
                f"{figures['requests_per_second']:10.0f}/s")
        if who in result["ratios"]:
            line += show_ratio(result["ratios"][who], f"{ours} is ")
        print(line)
