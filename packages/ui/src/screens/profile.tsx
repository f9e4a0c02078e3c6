import type { AuthUser } from '@auth-subgraph/client';
import { useMe } from '@auth-subgraph/client/react';
import type { ReactElement, ReactNode } from 'react';
import type { AuthForm } from '../form/form.types.js';
import { useProfileForm, type ProfileField, type ProfileSuccess } from '../hooks/use-profile-form.js';
import { useResendVerificationForm } from '../hooks/use-resend-verification-form.js';
import { formatDate, formatTime } from '../messages/format.js';
import { Field } from '../parts/field.js';
import { Form, Submit } from '../parts/form.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { UserScreen } from '../parts/user-screen.js';
import { perUser } from '../provider/per-user.js';
import { useParts, useUi } from '../provider/ui-context.js';

export interface ProfileProps extends ScreenProps {
  /** Called when the profile is saved. */
  readonly onDone?: ((result: ProfileSuccess) => void) | undefined;
}

/** Shows who is signed in, changes the profile, and sends a link if the address is not verified. */
export const Profile: (props: ProfileProps) => ReactElement = /* @__PURE__ */ perUser(ProfileOfUser);

function ProfileOfUser({ onDone, ...props }: ProfileProps): ReactElement {
  const { messages } = useUi();
  const me = useMe();
  const { data } = me;
  const link = useResendVerificationForm({ email: data?.email ?? '' });
  const form = useProfileForm({ onDone });
  const last = form.status === 'idle' ? link : form;
  const sent = last === link ? messages.mail.sent : messages.profile.saved;
  return (
    <UserScreen
      {...props}
      source={me}
      name="profile"
      view="form"
      state={last.status}
      title={messages.profile.title}
      notice={{ error: last.errors.form, done: last.status === 'done' ? sent : undefined }}
    >
      {data && (
        <>
          <Facts user={data} link={replacing(form, link)} />
          <Editor form={replacing(link, form)} slots={props.slots} />
        </>
      )}
    </UserScreen>
  );
}

/** A form that replaces what the screen says of another one, unless that is still to come. */
function replacing<Name extends string>(other: AuthForm<never>, form: AuthForm<Name>): AuthForm<Name> {
  return {
    ...form,
    submit: (event) => {
      if (other.status !== 'pending') other.reset();
      form.submit(event);
    },
  };
}

function Facts({ user, link }: { user: AuthUser; link: AuthForm<'email'> }): ReactElement {
  const part = useParts();
  const { messages, locale } = useUi();
  const { profile, fields } = messages;
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
  const { createdAt, lastLoginAt, displayName, email, emailVerified } = user;
  return (
    <>
      <dl {...part('list')}>
        {displayName !== null && <Fact term={fields.displayName.label}>{displayName}</Fact>}
        {name !== '' && <Fact term={profile.name}>{name}</Fact>}
        <Fact term={profile.email}>
          <bdi>{email}</bdi>{' '}
          <Badge isGood={emailVerified === true}>
            {emailVerified === true ? profile.verified : profile.unverified}
          </Badge>
        </Fact>
        {createdAt !== null && <Fact term={profile.memberSince}>{formatDate(createdAt, locale)}</Fact>}
        {lastLoginAt !== null && <Fact term={profile.lastSignIn}>{formatTime(lastLoginAt, locale)}</Fact>}
      </dl>
      {emailVerified === false && (
        <Form form={link}>
          <input {...link.fields.email} />
          <Submit form={link} label={profile.sendLink} variant="secondary" />
        </Form>
      )}
    </>
  );
}

interface EditorProps extends Pick<ScreenProps, 'slots'> {
  readonly form: AuthForm<ProfileField>;
}

function Editor({ form, slots }: EditorProps): ReactElement {
  const part = useParts();
  const { profile } = useUi().messages;
  const { fields, errors } = form;
  return (
    <details {...part('section')}>
      <summary {...part('summary')}>{profile.edit}</summary>
      <Form form={form}>
        <Field name="displayName" input={fields.displayName} error={errors.displayName} />
        <div {...part('row')}>
          <Field name="firstName" input={fields.firstName} error={errors.firstName} />
          <Field name="lastName" input={fields.lastName} error={errors.lastName} />
        </div>
        <Field name="avatarUrl" input={fields.avatarUrl} error={errors.avatarUrl} />
        <Submit form={form} label={profile.submit} slots={slots} />
      </Form>
    </details>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }): ReactElement {
  const part = useParts();
  return (
    <div {...part('item')}>
      <dt {...part('term')}>{term}</dt>
      <dd {...part('value')}>{children}</dd>
    </div>
  );
}

function Badge({ isGood, children }: { isGood: boolean; children: string }): ReactElement {
  const part = useParts();
  return <span {...part('badge', isGood ? 'good' : 'bad')}>{children}</span>;
}
