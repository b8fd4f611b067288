import { createRouter, createWebHistory, type Router } from 'vue-router'
import TodayPage from './today/TodayPage.vue'

/** All pages but the map are part of the shell, so that the walk goes on without a network. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHistory('/field/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'today', component: TodayPage },
      { path: '/task/:number', name: 'task', component: () => import('./task/TaskPage.vue') },
      { path: '/report', name: 'report', component: () => import('./report/ReportPage.vue') },
      { path: '/unsent', name: 'unsent', component: () => import('./unsent/UnsentPage.vue') },
      { path: '/me', name: 'me', component: () => import('./me/MePage.vue') },
      { path: '/:lost(.*)*', redirect: '/' },
    ],
  })
}
