import{Aa as t,Ca as o}from"./chunk-XPZEU65A.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
