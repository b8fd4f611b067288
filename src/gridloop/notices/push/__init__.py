"""Notices on a phone's lock screen: browsers that asked for them (Push API), sealed so that the push service reads nothing."""
