"""Whether the candidate has earned the next stage: plan, evidence, judge, stages. Pure: time is an argument."""
