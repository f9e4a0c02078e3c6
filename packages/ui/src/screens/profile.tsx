import type { AuthUser } from '@auth-subgraph/client';
import { useMe } from '@auth-subgraph/client/react';
import type { ReactElement, ReactNode } from 'react';
import { requestError } from '../form/form-errors.js';
import type { AuthForm } from '../form/form.types.js';
import { useResendVerificationForm } from '../hooks/use-resend-verification-form.js';
import { format, formatDate, formatTime } from '../messages/format.js';
import { Button, Form, Submit } from '../parts/form.js';
import { Loading } from '../parts/loading.js';
import { Screen } from '../parts/screen.js';
import type { ScreenProps } from '../parts/screen.types.js';
import { useParts, useUi } from '../provider/ui-context.js';

export type ProfileProps = Pick<ScreenProps, 'className'> & {
  readonly slots?: Omit<NonNullable<ScreenProps['slots']>, 'submit'>;
};

/** Shows who is signed in, and sends a link if the address is not verified. */
export function Profile(props: ProfileProps): ReactElement {
  const { messages } = useUi();
  const { data, error, refetch } = useMe();
  const email = data?.email ?? '';
  const link = useResendVerificationForm({ email });
  const done = link.status === 'done' ? format(messages.mail.sent, { email }) : undefined;
  const failure = data === undefined && error !== null ? requestError(error) : undefined;
  return (
    <Screen
      {...props}
      name="profile"
      view="form"
      state={failure ? 'failed' : data ? link.status : 'loading'}
      title={messages.profile.title}
      notice={{ error: failure ?? link.errors.form, done }}
    >
      {failure && <Button label={messages.common.tryAgain} onPress={() => void refetch()} />}
      {data && <Facts user={data} link={link} />}
      {!data && !failure && <Loading />}
    </Screen>
  );
}

function Facts({ user, link }: { user: AuthUser; link: AuthForm<'email'> }): ReactElement {
  const part = useParts();
  const { messages, locale } = useUi();
  const { profile } = messages;
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
  const { createdAt, lastLoginAt, email, emailVerified } = user;
  return (
    <>
      <dl {...part('list')}>
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
