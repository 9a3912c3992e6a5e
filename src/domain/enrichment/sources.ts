/** The source of what the lead, or whoever captured it, says of itself. */
export const CAPTURE = 'capture';

/** What finds something out from what is known already; each is the source of its facts. */
export const CONNECTORS = ['email_domain', 'contact_validity'] as const;
export type Connector = (typeof CONNECTORS)[number];
