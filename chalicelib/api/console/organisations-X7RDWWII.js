import{Xa as t,Za as o}from"./chunk-YFHVTJRJ.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
