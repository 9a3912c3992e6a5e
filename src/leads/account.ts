import freeMail from 'email-providers';
import type { FieldValue } from './ingest.types.js';

const FREE: ReadonlySet<string> = new Set(freeMail);
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** The account that a domain stands for; null where it is none: a provider of mail for anybody, or no domain. */
export function accountOfDomain(domain: FieldValue | undefined): string | null {
  if (typeof domain !== 'string') return null;
  const normal = domain.trim().toLowerCase();
  return DOMAIN.test(normal) && !FREE.has(normal) ? normal : null;
}

/** A lead's account for now: its field `company_domain`, else the domain of its e-mail. */
export const accountOf = (fields: Readonly<Record<string, FieldValue>>): string | null =>
  accountOfDomain(fields['company_domain'] ?? fields['email_domain']);

/** The same in SQL, over `lead_profile p`, but for what is no account: what the index holds. */
export const ACCOUNT_SQL = `lower(btrim(coalesce(p.fields ->> 'company_domain', split_part(p.email, '@', -1))))`;
