import{ra as t,ta as o}from"./chunk-XHQAQYTL.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
