import{$a as t,Za as o}from"./chunk-PPOHRCTQ.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
