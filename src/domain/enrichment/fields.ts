/** Fields that Baton itself sets, from where the lead came and from its address: nobody is asked for them. */
export const NOT_ASKED: readonly string[] = [
  'source',
  'campaign',
  'latest_source',
  'latest_campaign',
  'email_domain',
];
