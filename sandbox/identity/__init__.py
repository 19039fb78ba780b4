"""Roles for workloads, as EKS Pod Identity gives them: a token of the workload's own for short-lived credentials.

What stands for what: the file of a token for the projected service account token, this process for the agent on the
node and for EKS Auth behind it. The role is the one that the cluster's pod identity association names, and the
emulator's STS decides by the role's trust policy whether it may be given.
"""
