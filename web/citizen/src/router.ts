import { createRouter, createWebHistory, type Router } from 'vue-router'
import HomePage from './home/HomePage.vue'

/** Home is in the first load; the other pages come when asked for and are kept by the service worker. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHistory('/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'home', component: HomePage, meta: { tab: true } },
      { path: '/report', name: 'report', component: () => import('./report/ReportPage.vue') },
      { path: '/done/:key', name: 'done', component: () => import('./done/DonePage.vue') },
      { path: '/follow/:number', name: 'follow', component: () => import('./follow/FollowPage.vue') },
      { path: '/near', name: 'near', component: () => import('./near/NearPage.vue'), meta: { tab: true } },
      { path: '/mine', name: 'mine', component: () => import('./mine/MinePage.vue'), meta: { tab: true } },
      { path: '/:lost(.*)*', redirect: '/' },
    ],
  })
}
