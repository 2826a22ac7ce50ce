import{$a as o,Za as t}from"./chunk-PPOHRCTQ.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
