"""The judgement of the candidate: plan, evidence, judge, stages. Pure: time is an argument."""
